// The PNG of what is seen: title, points with their marks, and the legend beside them.

import { css } from "../shared/colour.js";
import { fitted } from "../shared/lettering.js";
import { PAD, picture } from "../shared/picture.js";
import { formatCount, formatNumber } from "../shared/wire.js";

const ROW = 18;
const COLUMN = 190;

function drawRamp(context, { arrays, low, high, units, below, above }, x, y, theme) {
  const height = 180;
  for (let i = 0; i < 256; i++) {
    context.fillStyle = css(arrays.palette.subarray(3 * i, 3 * i + 3));
    context.fillRect(x, y + (height * (255 - i)) / 256, 14, height / 256 + 0.5);
  }
  context.fillStyle = theme.textCss;
  const suffix = units ? ` ${units}` : "";
  context.fillText(`${above > 0 ? "≥ " : ""}${formatNumber(high)}${suffix}`, x + 22, y + 6);
  context.fillText(`${formatNumber((low + high) / 2)}${suffix}`, x + 22, y + height / 2);
  context.fillText(`${below > 0 ? "≤ " : ""}${formatNumber(low)}${suffix}`, x + 22, y + height - 6);
}

function drawCategories(context, entries, left, top, { rows, columns }, theme) {
  const room = rows * columns;
  const listed = entries.length > room ? entries.slice(0, room - 1) : entries;
  const at = (k) => [left + Math.floor(k / rows) * COLUMN, top + 30 + (k % rows) * ROW];
  listed.forEach(({ label, count, colour }, k) => {
    const [x, y] = at(k);
    context.fillStyle = css(colour);
    context.beginPath();
    context.arc(x + 5, y, 5, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = theme.textCss;
    const number = formatCount(count);
    const numberWidth = context.measureText(number).width;
    context.fillText(fitted(context, label, COLUMN - 54 - numberWidth), x + 17, y);
    context.globalAlpha = 0.6;
    context.fillText(number, x + COLUMN - 28 - numberWidth, y);
    context.globalAlpha = 1;
  });
  if (listed.length < entries.length) context.fillText(`and ${formatCount(entries.length - listed.length)} more`, ...at(room - 1));
}

function drawLegend(context, colours, entries, left, top, shape, theme) {
  context.font = `600 13px ${theme.font}`;
  context.fillText(fitted(context, colours.title, COLUMN - 24), left, top + 8);
  context.font = `400 12px ${theme.font}`;
  if (colours.colouring === "continuous") drawRamp(context, colours, left, top + 26, theme);
  else drawCategories(context, entries, left, top, shape, theme);
}

/** `drawPoints(scale)` gives a canvas of the stage's size times scale; resolves to a PNG blob. */
export function makePicture({ width, height, title, colours, entries, theme, drawPoints }) {
  const rows = Math.max(1, Math.floor((height - 24) / ROW));
  const needed = colours?.colouring === "categorical" ? Math.max(1, Math.ceil(entries.length / rows)) : 1;
  const columns = Math.min(needed, 6); // six columns hold some 180 classes; the rest is counted below them
  return picture({
    width, height, title, theme, right: PAD + columns * COLUMN, draw: drawPoints,
    legend: (context, top) => {
      if (colours) drawLegend(context, colours, entries, width + PAD + 24, top, { rows, columns }, theme);
    },
  });
}
