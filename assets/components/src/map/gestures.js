// Pointer, wheel and keys on the stage, told to the view as gestures: pan, zoom, shape (lasso or box), click, hover, keys.

import { listenOnPage } from "../shared/page_keys.js";

const CLICK_SLACK = 4; // px a click may move
const LASSO_STEP = 2; // px between two points of a lasso

const modeOf = (event) => (event.altKey ? "remove" : event.shiftKey ? "add" : "replace");

export class Gestures {
  /** `on`: { pan(dx, dy), zoom(factor, x, y), path(points|null), shape(points, mode), click(x, y, mode), hover(x, y), leave(), reset(), key(event) -> handled }. */
  constructor(root, stage, on) {
    Object.assign(this, { root, stage, on, tool: "lasso", drag: null, space: false });
    this.controller = new AbortController();
    const { signal } = this.controller;
    const listen = (target, type, handler, options = {}) => target.addEventListener(type, handler, { signal, ...options });
    listen(stage, "pointerdown", (event) => this.down(event));
    listen(stage, "pointermove", (event) => this.move(event));
    listen(stage, "pointerup", (event) => this.up(event));
    listen(stage, "pointercancel", () => this.cancel());
    listen(stage, "pointerleave", () => on.leave());
    listen(stage, "dblclick", () => on.reset());
    listen(stage, "contextmenu", (event) => event.preventDefault());
    listen(stage, "wheel", (event) => this.wheel(event), { passive: false });
    listen(root, "keydown", (event) => this.keyDown(event));
    listenOnPage(root, (event) => this.keyDown(event), signal);
    listen(document, "keyup", (event) => {
      if (event.key === " ") this.setSpace(false);
    });
  }

  at(event) {
    const box = this.stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  setTool(tool) {
    this.tool = tool;
    this.cancel();
    this.showCursor();
  }

  setSpace(held) {
    this.space = held;
    this.showCursor();
  }

  showCursor() {
    this.stage.dataset.cursor = this.drag?.kind === "pan" ? "panning" : this.space || this.tool === "pan" ? "pan" : "select";
  }

  down(event) {
    if (event.target.closest("button")) return;
    this.stage.focus({ preventScroll: true });
    if (this.drag) return;
    const [x, y] = this.at(event);
    const pans = event.button !== 0 || this.space || this.tool === "pan";
    this.drag = { kind: pans ? "pan" : this.tool, id: event.pointerId, button: event.button, x, y, startX: x, startY: y, path: [x, y], moved: false };
    this.stage.setPointerCapture(event.pointerId);
    this.on.leave();
    this.showCursor();
    if (event.button !== 0) event.preventDefault();
  }

  move(event) {
    const [x, y] = this.at(event);
    const { drag } = this;
    if (!drag) {
      this.on.hover(x, y);
      return;
    }
    if (event.pointerId !== drag.id) return;
    if (Math.hypot(x - drag.startX, y - drag.startY) > CLICK_SLACK) drag.moved = true;
    if (drag.kind === "pan") {
      if (drag.moved) this.on.pan(x - drag.x, y - drag.y);
      if (drag.moved) [drag.x, drag.y] = [x, y];
      return;
    }
    if (drag.kind === "box") drag.path = [drag.startX, drag.startY, x, drag.startY, x, y, drag.startX, y];
    else {
      // A fast hand moves far between two frames: the events in between are kept.
      const between = event.getCoalescedEvents?.() ?? [];
      for (const step of between.length ? between : [event]) {
        const [px, py] = this.at(step);
        const { path } = drag;
        if (Math.hypot(px - path[path.length - 2], py - path[path.length - 1]) >= LASSO_STEP) path.push(px, py);
      }
    }
    if (drag.moved) this.on.path(drag.path);
  }

  up(event) {
    const { drag } = this;
    if (!drag || event.pointerId !== drag.id) return;
    this.drag = null;
    this.on.path(null);
    this.showCursor();
    if (!drag.moved) {
      if (drag.button === 0 && !this.space) this.on.click(drag.startX, drag.startY, modeOf(event));
    } else if (drag.kind !== "pan") this.on.shape(drag.path, modeOf(event));
  }

  cancel() {
    if (!this.drag) return;
    this.drag = null;
    this.on.path(null);
    this.showCursor();
  }

  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 200 : 1;
    const delta = Math.max(-240, Math.min(240, event.deltaY * unit));
    this.on.zoom(Math.exp(-delta * (event.ctrlKey ? 0.008 : 0.0022)), ...this.at(event));
  }

  keyDown(event) {
    const target = event.composedPath()[0];
    if (target instanceof HTMLInputElement || event.ctrlKey || event.metaKey) return;
    let handled = false;
    if (event.key === " " && !(target instanceof HTMLButtonElement)) {
      this.setSpace(true);
      handled = true;
    } else if (event.key === "Escape" && this.drag) {
      this.cancel();
      handled = true;
    } else handled = this.on.key(event);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  }

  dispose() {
    this.controller.abort();
  }
}
