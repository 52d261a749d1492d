// When and how the two canvases of a map are painted: sizes, transitions, thinned frames while the hand moves.

import { element } from "../shared/dom.js";
import { oncePerFrame } from "../shared/frames.js";
import { say } from "./frame.js";
import { drawMarks } from "./marks.js";
import { Renderer } from "./renderer.js";
import { readTheme } from "../shared/theme.js";

const TRANSITION_MS = 600;
const FLUENT_MS = 40; // a full frame that takes longer is thinned out while the hand moves
const SETTLE_MS = 140; // and drawn whole this long after
const NO_WEBGL = "This browser offers no WebGL2, which the map is drawn with. Use a current Firefox, Chrome, Edge or Safari, or switch on hardware acceleration.";

export class Painter {
  /** `scene` tells what to paint: { ready, selecting, look: { size, opacity }, marks }. */
  constructor(frame, camera, scene) {
    Object.assign(this, { frame, camera, scene, movingUntil: 0, transition: null, frameCost: 0, disposed: false });
    this.draws = oncePerFrame(() => this.drawNow());
    this.overlays = oncePerFrame(() => this.drawOverlay());
    this.drawnAt = []; // times of full frames, for tests and benchmarks
    this.context = frame.marks.getContext("2d");
    this.readTheme();
    try {
      this.renderer = new Renderer(frame.points);
    } catch (error) {
      say(frame, error.message === "no WebGL2" ? NO_WEBGL : `The map cannot be drawn: ${error.message}`);
    }
    frame.points.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      if (!this.disposed) say(frame, "The graphics card was reset; the map comes back as soon as it can.");
    });
    frame.points.addEventListener("webglcontextrestored", () => {
      this.renderer.setUp();
      say(frame, "");
      this.requestDraw();
    });
    this.resizes = new ResizeObserver(() => this.resize());
    this.resizes.observe(frame.stage);
  }

  readTheme() {
    this.theme = readTheme(this.frame.root);
  }

  /** New positions; with `from` they move there from the old ones. */
  place(xy, from) {
    this.xy = xy;
    this.renderer.setPositions(xy, from);
    this.transition = from ? { start: performance.now() } : null;
  }

  resize(force = false) {
    const { stage, points, marks } = this.frame;
    const { clientWidth: width, clientHeight: height } = stage;
    const ratio = window.devicePixelRatio || 1;
    const same = width === this.camera.width && height === this.camera.height && ratio === this.ratio;
    if (!width || !height || (same && !force)) return;
    Object.assign(this.camera, { width, height });
    this.ratio = ratio;
    for (const canvas of [points, marks]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    if (this.scene.ready) this.drawNow(); // at once: resizing has emptied the canvas
  }

  requestDraw() {
    this.draws.request();
  }

  requestMarks() {
    this.overlays.request();
  }

  /** A draw while something moves: thinned out if whole frames are slow, then whole. */
  requestMoving() {
    this.movingUntil = performance.now() + SETTLE_MS;
    this.requestDraw();
  }

  paint(scale, mix, fraction) {
    const { size, opacity } = this.scene.look;
    const { ground, grey } = this.theme;
    this.renderer.draw(this.camera, { size: size * scale, opacity, mix, selecting: this.scene.selecting, grey, background: ground, fraction });
  }

  drawNow() {
    if (!this.scene.ready || this.disposed || this.renderer.gl.isContextLost()) return;
    if ((window.devicePixelRatio || 1) !== this.ratio) {
      this.resize();
      return;
    }
    const now = performance.now();
    let mix = 1;
    if (this.transition) {
      const t = Math.min(1, (now - this.transition.start) / TRANSITION_MS);
      mix = t * t * (3 - 2 * t);
      if (t >= 1) {
        this.transition = null;
        this.renderer.setPositions(this.xy);
      }
    }
    const moving = this.transition !== null || now < this.movingUntil;
    const fraction = moving && this.frameCost > FLUENT_MS ? Math.max(0.02, FLUENT_MS / this.frameCost) : 1;
    this.paint(this.ratio, mix, fraction);
    this.drawOverlay();
    if (this.transition) this.requestDraw();
    else if (fraction < 1) {
      clearTimeout(this.settle);
      this.settle = setTimeout(() => this.requestDraw(), SETTLE_MS + 10);
    } else {
      this.renderer.whenDrawn(() => {
        const end = performance.now();
        this.frameCost = end - now;
        this.drawnAt.push(end);
        if (this.drawnAt.length > 100) this.drawnAt.shift();
      });
    }
  }

  drawOverlay() {
    const { marks } = this.frame;
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, marks.width, marks.height);
    if (!this.scene.ready || this.transition) return;
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    drawMarks(this.context, this.scene.marks, this.theme);
  }

  /** A canvas with points and marks at `scale` times the stage's size. */
  copy(scale) {
    const { points } = this.frame;
    const copy = element("canvas");
    copy.width = points.width = this.camera.width * scale;
    copy.height = points.height = this.camera.height * scale;
    this.paint(scale, 1, 1);
    const context = copy.getContext("2d");
    context.drawImage(points, 0, 0);
    context.scale(scale, scale);
    drawMarks(context, this.scene.marks, this.theme);
    this.resize(true);
    return copy;
  }

  dispose() {
    this.disposed = true;
    this.resizes.disconnect();
    clearTimeout(this.settle);
    this.draws.cancel();
    this.overlays.cancel();
    this.renderer?.dispose();
  }
}
