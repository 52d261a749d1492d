// What lies in the boxes: thumbnails, short texts, sparklines or coloured cells, painted once into a picture of their own. A thumbnail
// whose sheet is on its way has a quiet place; when the sheet is here, only those thumbnails are painted.

import { element } from "../shared/dom.js";
import { css } from "./looks.js";
import { wrapped } from "../shared/lettering.js";

const PIXELATED_TO = 20; // pixels: smaller pictures have hard edges, as in the gallery, whatever their thumbnails' size
const EVENED_TO = 4; // times: in smaller enlargements some squares would be much wider than others

const sheets = new WeakMap(); // sheet -> { times, canvas }

/** A sheet whose pixels are squares of `times` x `times`: shrunk from there with smoothing, all of them stay equally wide. */
function enlarged(image, times) {
  let found = sheets.get(image);
  if (found?.times !== times) {
    const canvas = element("canvas");
    canvas.width = times * image.width;
    canvas.height = times * image.height;
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    found = { times, canvas };
    sheets.set(image, found);
  }
  return found.canvas;
}

export class Content {
  constructor() {
    this.canvas = element("canvas");
    this.context = this.canvas.getContext("2d");
    this.waiting = [];
  }

  /**
   * `slots`: { leaf, x, y, width, height } in CSS px; `samples` tells of leaves: kind ("image", "text", "line", "cell"), cell(leaf), string(leaf),
   * line(leaf), colour(leaf), and state(leaf): { alpha, wrong }.
   */
  paint(slots, samples, looks, width, height, ratio) {
    Object.assign(this, { samples, looks, ratio });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.waiting = [];
    for (const slot of slots) this.slot(slot);
  }

  /** Paints what has come meanwhile; true if there was any. */
  fill() {
    const before = this.waiting;
    if (before.length === 0) return false;
    this.waiting = [];
    for (const slot of before) this.slot(slot);
    return this.waiting.length < before.length;
  }

  slot(slot) {
    const { context, samples, ratio } = this;
    const x = Math.round(slot.x * ratio);
    const y = Math.round(slot.y * ratio);
    const w = Math.round((slot.x + slot.width) * ratio) - x;
    const h = Math.round((slot.y + slot.height) * ratio) - y;
    const { alpha, wrong } = samples.state(slot.leaf);
    context.clearRect(x, y, w, h);
    if (alpha <= 0) return;
    context.globalAlpha = alpha;
    if (samples.kind === "image") this.image(slot, x, y, w, h);
    else if (samples.kind === "text") this.text(slot, x, y, w, h);
    else if (samples.kind === "line") this.line(slot, x, y, w, h);
    else {
      context.fillStyle = samples.colour(slot.leaf);
      context.fillRect(x, y, w, h);
    }
    context.globalAlpha = alpha < 1 ? Math.max(alpha, 0.5) : 1;
    if (wrong) {
      const line = Math.max(1, Math.round((Math.min(w, h) > 26 * ratio ? 2 : 1.5) * ratio));
      context.strokeStyle = this.looks.wrong;
      context.lineWidth = line;
      context.strokeRect(x + line / 2, y + line / 2, w - line, h - line);
    }
    context.globalAlpha = 1;
  }

  image(slot, x, y, w, h) {
    const { context, samples } = this;
    const cell = samples.cell(slot.leaf);
    if (!cell) {
      context.fillStyle = this.looks.waiting;
      context.fillRect(x, y, w, h);
      this.waiting.push(slot);
      return;
    }
    const scale = Math.min(w / cell.w, h / cell.h);
    const [dw, dh] = [Math.round(cell.w * scale), Math.round(cell.h * scale)];
    const hard = scale > 1 && Math.max(cell.w, cell.h) <= PIXELATED_TO;
    const evened = hard && scale < EVENED_TO && scale % 1 !== 0;
    const from = evened ? enlarged(cell.image, Math.ceil(scale)) : cell.image;
    const k = evened ? Math.ceil(scale) : 1;
    context.imageSmoothingEnabled = evened || !hard;
    context.imageSmoothingQuality = evened || scale < 1 ? "high" : "medium";
    context.drawImage(from, k * cell.x, k * cell.y, k * cell.w, k * cell.h, x + ((w - dw) >> 1), y + ((h - dh) >> 1), dw, dh);
  }

  text(slot, x, y, w, h) {
    const { context, samples, looks, ratio } = this;
    const size = Math.max(9, Math.min(12, slot.height / 2.6)) * ratio;
    const leading = Math.round(size * 1.22);
    context.fillStyle = looks.theme.groundCss;
    context.fillRect(x, y, w, h);
    context.fillStyle = samples.colour(slot.leaf);
    context.fillRect(x, y, Math.round(2 * ratio), h);
    context.fillStyle = css(looks.text);
    context.font = `400 ${size}px ${looks.theme.font}`;
    context.textBaseline = "middle";
    context.textAlign = "left";
    const lines = wrapped(context, samples.string(slot.leaf), w - 9 * ratio, Math.max(1, Math.floor((h - 2 * ratio) / leading)));
    const top = y + h / 2 - ((lines.length - 1) * leading) / 2;
    lines.forEach((line, k) => context.fillText(line, x + 6 * ratio, top + k * leading));
  }

  line(slot, x, y, w, h) {
    const { context, samples, looks, ratio } = this;
    const values = samples.line(slot.leaf); // 0..1 or NaN
    context.fillStyle = looks.theme.groundCss;
    context.fillRect(x, y, w, h);
    context.strokeStyle = samples.colour(slot.leaf);
    context.lineWidth = ratio;
    context.lineJoin = "round";
    context.beginPath();
    const inset = 2 * ratio;
    let pen = false;
    for (let k = 0; k < values.length; k++) {
      if (!Number.isFinite(values[k])) {
        pen = false;
        continue;
      }
      const px = x + inset + ((w - 2 * inset) * k) / Math.max(1, values.length - 1);
      const py = y + h - inset - (h - 2 * inset) * values[k];
      if (pen) context.lineTo(px, py);
      else context.moveTo(px, py);
      pen = true;
    }
    context.stroke();
  }
}
