// Pointer and keys on the stage, told to the view.

import { listenOnPage } from "../shared/page_keys.js";

const modeOf = (event) => (event.altKey ? "remove" : event.shiftKey ? "add" : "plain");

export class Gestures {
  /** `on`: { hover(x, y), leave(), click(x, y, mode), double(x, y), key(event) -> handled, focus(visible) }. */
  constructor(root, surface, on) {
    Object.assign(this, { root, surface, on });
    this.controller = new AbortController();
    const { signal } = this.controller;
    const listen = (target, type, handler) => target.addEventListener(type, handler, { signal });
    const at = (event) => {
      const box = surface.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    // The focus ring is for those who use the keys.
    listen(surface, "pointerdown", () => {
      surface.dataset.pointer = "";
      surface.focus({ preventScroll: true });
    });
    listen(surface, "pointermove", (event) => on.hover(...at(event)));
    listen(surface, "pointerleave", () => on.leave());
    listen(surface, "click", (event) => {
      if (event.detail > 0) on.click(...at(event), modeOf(event));
    });
    listen(surface, "dblclick", (event) => on.double(...at(event)));
    listen(surface, "focus", () => on.focus(true));
    listen(surface, "blur", () => on.focus(false));
    listen(root, "keydown", (event) => this.key(event));
    listenOnPage(root, (event) => this.key(event), signal, true);
  }

  key(event) {
    if (!["Shift", "Alt", "Control", "Meta"].includes(event.key)) delete this.surface.dataset.pointer;
    const target = event.composedPath()[0];
    if (target instanceof HTMLInputElement || (target instanceof HTMLButtonElement && event.key !== "Escape")) return;
    if (!this.on.key(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  dispose() {
    this.controller.abort();
  }
}
