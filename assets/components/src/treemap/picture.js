// The PNG of what is seen: title, boxes, and the legend below, at twice the screen's resolution.

import { css } from "../shared/colour.js";
import { element } from "../shared/dom.js";
import { categories, ends } from "./legend.js";
import { fitted, widthOf } from "./lettering.js";

export const SCALE = 2;
const PAD = 20;
const FOOT = 36;

function drawLegend(context, colours, nodes, y, right, theme) {
  context.fillStyle = theme.textCss;
  context.font = `600 12px ${theme.font}`;
  context.fillText(colours.title, PAD, y);
  let x = PAD + widthOf(context, colours.title) + 14;
  context.font = `400 12px ${theme.font}`;
  if (colours.colouring === "continuous") {
    const [low, high] = ends(colours);
    context.fillText(low, x, y);
    x += widthOf(context, low) + 8;
    for (let i = 0; i < 255; i++) {
      context.fillStyle = css(colours.arrays.palette.subarray(3 * i, 3 * i + 3));
      context.fillRect(x + (200 * i) / 255, y - 5, 200 / 255 + 0.5, 10);
    }
    context.fillStyle = theme.textCss;
    context.fillText(high, x + 208, y);
    return;
  }
  for (const { label, rgb } of categories(colours, nodes)) {
    if (x + 16 + widthOf(context, label) > right) {
      context.fillText("…", x, y);
      return;
    }
    context.fillStyle = css(rgb);
    context.fillRect(x, y - 5, 10, 10);
    context.fillStyle = theme.textCss;
    context.fillText(label, x + 16, y);
    x += 32 + widthOf(context, label);
  }
}

/** `picture`: canvas of the boxes at SCALE; resolves to a PNG blob. */
export function makePicture({ picture, title, colours, nodes, theme }) {
  const [width, height] = [picture.width / SCALE, picture.height / SCALE];
  const top = title ? 48 : PAD;
  const canvas = element("canvas");
  canvas.width = SCALE * (width + 2 * PAD);
  canvas.height = SCALE * (height + top + FOOT);
  const context = canvas.getContext("2d");
  context.scale(SCALE, SCALE);
  context.fillStyle = theme.groundCss;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = "middle";
  context.fillStyle = theme.textCss;
  context.font = `600 16px ${theme.font}`;
  if (title) context.fillText(fitted(context, title, width), PAD, 26);
  context.drawImage(picture, PAD, top, width, height);
  drawLegend(context, colours, nodes, top + height + FOOT / 2, width + PAD, theme);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
