// What the keys do, and which box has the keyboard's focus.

import { neighbourBox } from "./arrows.js";

const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

export class Keyboard {
  constructor(view) {
    this.view = view;
    this.node = -1; // the box with the focus
    this.focused = false; // whether the canvas has it
  }

  focus(has) {
    this.focused = has;
    this.view.painter.requestMarks();
  }

  moveTo(node) {
    this.node = node;
    this.view.painter.requestMarks();
    this.view.surroundings.show();
  }

  /** Answers a key; false if it is none of ours. */
  press(event) {
    const { view } = this;
    if (!view.scene) return false;
    const { key } = event;
    const name = key.toLowerCase();
    if (key === "Escape") return this.escape();
    if ((event.ctrlKey || event.metaKey) && name === "a") view.act("visible");
    else if (event.altKey && key === "ArrowLeft") {
      if (view.trail.visited.length === 0) return false;
      view.back();
    } else if (event.ctrlKey || event.metaKey) return false;
    else if (ARROWS.has(key)) this.arrow(key);
    else if (key === "Enter" || key === " ") {
      if (this.node < 0) this.moveTo(view.scene.boxes[0].node);
      else view.zoom(this.node);
    } else if (name === "s") return this.select(event.altKey);
    else if (key === "Backspace") view.up();
    else if (key === "Home") view.act("top");
    else if (name === "f") view.act("screen");
    else return false;
    return true;
  }

  arrow(key) {
    const { boxes } = this.view.scene;
    const from = boxes.findIndex(({ node }) => node === this.node);
    const next = from < 0 ? 0 : neighbourBox(boxes.map(({ rect }) => rect), from, key);
    if (next >= 0) this.moveTo(boxes[next].node);
  }

  /** Selects the box with the focus, else the one under the pointer. */
  select(remove) {
    const node = this.node >= 0 ? this.node : this.view.pointer.under?.box?.node ?? -1;
    if (node < 0) return false;
    if (remove) this.view.selectNode(node, false);
    else this.view.toggleNode(node);
    return true;
  }

  /** The tooltip goes first, then one step up. */
  escape() {
    const { view } = this;
    if (view.tooltip.root.hidden) return view.up();
    view.pointer.leave();
    return true;
  }
}
