// The PNG of what is seen, as far as map and treemap are alike: ground, title and the canvas, at twice the screen's resolution.

import { element } from "./dom.js";
import { fitted } from "./lettering.js";

const SCALE = 2;
export const PAD = 20;

/**
 * A PNG blob of a canvas `draw(scale)` of width x height CSS px, below its title, with room on the `right` and at the `bottom` for what
 * `legend(context, top)` draws there; lengths in its context are CSS px.
 */
export function picture({ width, height, title, theme, right = PAD, bottom = PAD, draw, legend }) {
  const top = title ? 48 : PAD;
  const canvas = element("canvas");
  canvas.width = SCALE * (width + PAD + right);
  canvas.height = SCALE * (height + top + bottom);
  const context = canvas.getContext("2d");
  context.scale(SCALE, SCALE);
  context.fillStyle = theme.groundCss;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = "middle";
  context.fillStyle = theme.textCss;
  context.font = `600 16px ${theme.font}`;
  if (title) context.fillText(fitted(context, title, width + right - PAD), PAD, 26);
  context.drawImage(draw(SCALE), PAD, top, width, height);
  legend(context, top);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
