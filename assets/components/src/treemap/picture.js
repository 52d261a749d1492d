// The PNG of what is seen: title, boxes, and the legend below.

import { css } from "../shared/colour.js";
import { categories, ends } from "./legend.js";
import { widthOf } from "../shared/lettering.js";
import { PAD, picture } from "../shared/picture.js";

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

/** `drawBoxes(scale)` gives a canvas of the boxes, of width x height CSS px times scale; resolves to a PNG blob. */
export function makePicture({ width, height, title, drawBoxes, colours, nodes, theme }) {
  return picture({
    width, height, title, theme, bottom: FOOT, draw: drawBoxes,
    legend: (context, top) => drawLegend(context, colours, nodes, top + height + FOOT / 2, width + PAD, theme),
  });
}
