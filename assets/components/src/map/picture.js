// The PNG of what is seen: title, points with their marks, and the legend, at twice the screen's resolution.

import { css } from "../shared/colour.js";
import { formatCount, formatNumber } from "../shared/wire.js";

const SCALE = 2;
const PAD = 20;
const ROW = 18;
const COLUMN = 190;

function shorten(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end--;
  return `${text.slice(0, end)}…`;
}

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

/** `drawPoints(canvas, scale)` fills a canvas of the stage's size times scale; resolves to a PNG blob. */
export function makePicture({ width, height, title, colours, entries, theme, drawPoints }) {
  const rows = Math.max(1, Math.floor((height - 24) / ROW));
  const columns = colours?.colouring === "categorical" ? Math.max(1, Math.ceil(entries.length / rows)) : 1;
  const shownColumns = Math.min(columns, 6); // six columns hold some 180 classes; the rest is counted below them
  const canvas = document.createElement("canvas");
  const top = title ? 48 : PAD;
  canvas.width = SCALE * (width + 2 * PAD + shownColumns * COLUMN);
  canvas.height = SCALE * (height + top + PAD);
  const context = canvas.getContext("2d");
  context.scale(SCALE, SCALE);
  context.fillStyle = theme.groundCss;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = "middle";
  context.fillStyle = theme.textCss;
  context.font = `600 16px ${theme.font}`;
  if (title) context.fillText(shorten(context, title, canvas.width / SCALE - 2 * PAD), PAD, 26);
  context.save();
  context.translate(PAD, top);
  context.drawImage(drawPoints(SCALE), 0, 0, width, height);
  context.restore();
  if (!colours) return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const left = width + PAD + 24;
  context.font = `600 13px ${theme.font}`;
  context.fillText(shorten(context, colours.title, COLUMN - 24), left, top + 8);
  context.font = `400 12px ${theme.font}`;
  if (colours.colouring === "continuous") drawRamp(context, colours, left, top + 26, theme);
  else {
    const room = rows * shownColumns;
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
      context.fillText(shorten(context, label, COLUMN - 54 - numberWidth), x + 17, y);
      context.globalAlpha = 0.6;
      context.fillText(number, x + COLUMN - 28 - numberWidth, y);
      context.globalAlpha = 1;
    });
    if (listed.length < entries.length) context.fillText(`and ${formatCount(entries.length - listed.length)} more`, ...at(room - 1));
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
