// When and how the two canvases are painted: the picture at rest, the way from one picture to the next, and the marks over it.

import { BoxPainter } from "./boxes.js";
import { Content } from "./content.js";
import { element } from "../shared/dom.js";
import { oncePerFrame } from "../shared/frames.js";
import { Looks } from "./looks.js";
import { drawMarks } from "./marks.js";
import { readTheme } from "../shared/theme.js";
import { between, ease, transition, ZOOM_MS } from "./tween.js";

const KEPT = 100;

export class Painter {
  /** `view` tells what to paint: { scene, leaves, facts(node), marks, nodes (payload of node colours) }. */
  constructor(frame, view) {
    Object.assign(this, { frame, view, ratio: 0, width: 0, height: 0, motion: null, disposed: false });
    this.draws = oncePerFrame(() => this.drawNow());
    this.overlays = oncePerFrame(() => this.drawOverlay());
    this.drawnAt = [];
    this.completeAt = [];
    this.context = frame.boxes.getContext("2d");
    this.over = frame.marks.getContext("2d");
    this.content = new Content();
    this.older = new Content();
    this.readTheme();
    this.resizes = new ResizeObserver(() => this.view.resized());
    this.resizes.observe(frame.stage);
  }

  /** True if the theme has changed. */
  readTheme() {
    const theme = readTheme(this.frame.root);
    const key = JSON.stringify(theme);
    const other = key !== this.themeKey;
    this.themeKey = key;
    this.theme = theme;
    return other;
  }

  /** Takes over the stage's size; true if it is another one. */
  measure() {
    const { stage, boxes, marks } = this.frame;
    const { clientWidth: width, clientHeight: height } = stage;
    const ratio = window.devicePixelRatio || 1;
    if (width === this.width && height === this.height && ratio === this.ratio) return false;
    Object.assign(this, { width, height, ratio });
    for (const canvas of [boxes, marks]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    return true;
  }

  /** New colours of nodes or theme. */
  relook() {
    this.looks = new Looks(this.theme, this.view.nodes);
    this.boxes = new BoxPainter(this.context, this.looks, this.ratio, (node) => this.view.facts(node));
  }

  /** Paints the view's scene anew; with `from` (the scene before) and `anchor` it moves there. */
  show(from = null, anchor = null) {
    this.relook();
    if (from) [this.content, this.older] = [this.older, this.content];
    this.content.paint(this.view.scene.slots, this.view.leaves, this.looks, this.width, this.height, this.ratio);
    this.motion = from ? { before: from, start: performance.now(), ...transition(from.places, this.view.scene.places, anchor) } : null;
    this.drawNow();
  }

  /** The same boxes, other states of their samples. */
  repaint() {
    if (!this.view.scene) return;
    this.relook();
    this.content.paint(this.view.scene.slots, this.view.leaves, this.looks, this.width, this.height, this.ratio);
    this.drawNow();
  }

  /** Thumbnails have come. */
  fill() {
    if (this.view.scene && this.content.fill()) this.drawNow();
  }

  get waiting() {
    return this.content.waiting.length;
  }

  requestDraw() {
    this.draws.request();
  }

  requestMarks() {
    this.overlays.request();
  }

  drawNow() {
    if (this.disposed || !this.view.scene || !this.width || !this.height) return;
    const { context, ratio } = this;
    const t = this.motion ? Math.min(1, (performance.now() - this.motion.start) / ZOOM_MS) : 1;
    if (t >= 1) this.motion = null;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.frame.boxes.width, this.frame.boxes.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (this.motion) this.drawMoving(ease(t));
    else this.drawStill(this.boxes, this.content);
    this.drawOverlay();
    const now = performance.now();
    this.note(this.drawnAt, now);
    if (this.motion) this.requestDraw();
    else if (this.waiting === 0) this.note(this.completeAt, now);
  }

  note(times, now) {
    times.push(now);
    if (times.length > KEPT) times.shift();
  }

  drawStill(boxes, content, scene = this.view.scene) {
    for (const frame of scene.frames) boxes.frame(frame, boxes.snap(frame.rect));
    for (const box of scene.boxes) boxes.box(box, boxes.snap(box.rect), null);
    const { context } = boxes;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(content.canvas, 0, 0);
    context.restore();
  }

  drawMoving(t) {
    const { before, leaving, coming } = this.motion;
    this.drawPart(before, leaving, t, this.older, 1);
    this.drawPart(this.view.scene, coming, t, this.content, t);
  }

  drawPart(scene, pairs, t, content, alpha) {
    const { context, boxes, ratio } = this;
    context.globalAlpha = alpha;
    const at = (node) => between(...pairs.get(node), t);
    for (const frame of scene.frames) boxes.frame(frame, at(frame.node));
    for (const box of scene.boxes) {
      const { x, y, width, height } = box.rect;
      const picture = { image: content.canvas, x: x * ratio, y: (y + box.strip) * ratio, width: width * ratio, height: (height - box.strip) * ratio };
      boxes.box(box, at(box.node), picture);
    }
    context.globalAlpha = 1;
  }

  drawOverlay() {
    const { marks } = this.frame;
    this.over.setTransform(1, 0, 0, 1, 0, 0);
    this.over.clearRect(0, 0, marks.width, marks.height);
    if (!this.view.scene || this.motion) return;
    this.over.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    drawMarks(this.over, this.view.marks, this.theme);
  }

  /** A canvas with the picture at rest, `scale` device pixels to a CSS px. */
  copy(scale) {
    const canvas = element("canvas");
    canvas.width = Math.round(this.width * scale);
    canvas.height = Math.round(this.height * scale);
    const context = canvas.getContext("2d");
    const content = new Content();
    content.paint(this.view.scene.slots, this.view.leaves, this.looks, this.width, this.height, scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    this.drawStill(new BoxPainter(context, this.looks, scale, (node) => this.view.facts(node)), content);
    return canvas;
  }

  dispose() {
    this.disposed = true;
    this.resizes.disconnect();
    this.draws.cancel();
    this.overlays.cancel();
  }
}
