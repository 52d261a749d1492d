// Draws frames and boxes, at rest and while they move. Lengths are CSS px; the context is scaled to device pixels, and what rests lies
// on whole ones.

import { fitted, widthOf } from "../shared/lettering.js";

const RADIUS = 3;
const INSET = 6; // of a strip's text
const BAR = 3; // of the share of the selection

export class BoxPainter {
  /** `facts(node)` gives what a strip tells: { label, counted, value, share }. */
  constructor(context, looks, ratio, facts) {
    Object.assign(this, { context, looks, ratio, facts });
  }

  snap({ x, y, width, height }) {
    const at = (v) => Math.round(v * this.ratio) / this.ratio;
    const [left, top] = [at(x), at(y)];
    return { x: left, y: top, width: at(x + width) - left, height: at(y + height) - top };
  }

  rounded({ x, y, width, height }, fill, radius = RADIUS) {
    this.context.fillStyle = fill;
    this.context.beginPath();
    this.context.roundRect(x, y, width, height, Math.max(0, Math.min(radius, width / 2, height / 2)));
    this.context.fill();
  }

  frame({ node, depth, strip }, rect) {
    const { context, looks } = this;
    if (rect.width <= 0 || rect.height <= 0) return;
    const look = looks.frame(depth);
    const line = 1 / this.ratio;
    this.rounded(rect, looks.line, RADIUS + 1);
    this.rounded({ x: rect.x + line, y: rect.y + line, width: rect.width - 2 * line, height: rect.height - 2 * line }, look.strip, RADIUS);
    if (strip <= 0) return;
    const facts = this.facts(node);
    this.words(facts, { ...rect, height: strip }, look.ink, look.ink, false);
    if (facts.share !== null) this.bar(facts.share, { x: rect.x + INSET, y: rect.y + strip - BAR + 1, width: rect.width - 2 * INSET, height: 2 });
  }

  /** `content`: { image, x, y, width, height } in device pixels of a picture of the box's whole place, or null. */
  box({ node, strip }, rect, content) {
    const { context } = this;
    if (rect.width <= 0 || rect.height <= 0) return;
    const look = this.looks.box(node);
    this.rounded(rect, look.body);
    if (content && content.width >= 1 && content.height >= 1) {
      const below = Math.min(strip, rect.height);
      context.drawImage(content.image, content.x, content.y, content.width, content.height, rect.x, rect.y + below, rect.width, rect.height - below);
    }
    if (strip > 0) {
      const height = Math.min(strip, rect.height);
      context.fillStyle = look.strip;
      context.beginPath();
      const radius = Math.min(RADIUS, rect.width / 2, height);
      context.roundRect(rect.x, rect.y, rect.width, height, [radius, radius, 0, 0]);
      context.fill();
      const facts = this.facts(node);
      this.words(facts, { ...rect, height }, look.ink, look.quiet, true);
      if (facts.share !== null) this.bar(facts.share, { x: rect.x, y: rect.y + height - BAR, width: rect.width, height: BAR });
    } else {
      const { share } = this.facts(node);
      const line = Math.max(1, Math.round(1.5 * this.ratio)) / this.ratio;
      context.strokeStyle = look.strip;
      context.lineWidth = line;
      context.strokeRect(rect.x + line / 2, rect.y + line / 2, rect.width - line, rect.height - line);
      if (share !== null) this.bar(share, { x: rect.x, y: rect.y, width: rect.width, height: BAR });
    }
  }

  /** The share of the selection: a filled part of a line on the page's ground. */
  bar(share, { x, y, width, height }) {
    const { context, looks } = this;
    context.fillStyle = looks.theme.groundCss;
    context.fillRect(x, y, width, height);
    if (share <= 0) return;
    context.fillStyle = looks.theme.accentCss;
    // Something is never shown as nothing, nor all as less than all.
    context.fillRect(x, y, share >= 1 ? width : Math.min(Math.max(width * share, 2), width - 1), height);
  }

  words({ label, counted, value }, { x, y, width, height }, colour, quiet, strong) {
    const { context, looks } = this;
    const room = width - 2 * INSET;
    if (height < 9 || room < 16) return;
    const size = Math.min(11.5, Math.max(9, height - 6));
    const bold = `${strong ? 600 : 500} ${size}px ${looks.theme.font}`;
    const plain = `400 ${size - 0.5}px ${looks.theme.font}`;
    const middle = y + height / 2 + 0.5;
    context.textBaseline = "middle";
    context.textAlign = "left";
    context.font = plain;
    const countWidth = widthOf(context, counted);
    const valueWidth = value ? widthOf(context, value) : 0;
    context.font = bold;
    const labelWidth = label ? widthOf(context, label) : 0;
    const gap = 6;
    const least = Math.min(labelWidth, 34);
    const showValue = value && least + countWidth + valueWidth + 3 * gap <= room;
    const left = room - (showValue ? valueWidth + 2 * gap : 0);
    const showCount = !label || least + gap + countWidth <= left;
    let at = x + INSET;
    if (label) {
      const shown = fitted(context, label, left - (showCount ? countWidth + gap : 0));
      context.fillStyle = colour;
      if (shown) context.fillText(shown, at, middle);
      at += shown ? widthOf(context, shown) + gap : 0;
    }
    context.font = plain;
    context.fillStyle = quiet;
    if (showCount && countWidth <= room) context.fillText(counted, at, middle);
    if (showValue) context.fillText(value, x + width - INSET - valueWidth, middle);
  }
}
