// Finds samples by their id and classes by their name.

import { element } from "../shared/dom.js";
import { cellText, formatCount } from "../shared/wire.js";

const SHOWN = 20;

export class Search {
  /** `onLook(leaf)` hears which sample, `onSelect(leaves)` which class was chosen. */
  constructor(columns, labels, onLook, onSelect) {
    Object.assign(this, { columns, labels, onLook, onSelect });
    this.input = element("input", "search", { type: "search", placeholder: "Find an id or a class", "aria-label": "Find an id or a class" });
    this.list = element("div", "found", { "aria-live": "polite" });
    this.root = element("div", "finder", {}, [this.input, this.list]);
    this.input.addEventListener("input", () => this.draw());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.list.querySelector("button")?.click();
    });
  }

  get ids() {
    const [id] = this.columns.columns;
    this.known ??= Array.from({ length: this.columns.n }, (_, leaf) => cellText(id, this.columns.arrays, leaf).toLowerCase());
    return this.known;
  }

  draw() {
    const query = this.input.value.trim().toLowerCase();
    if (!query) {
      this.list.replaceChildren();
      return;
    }
    const found = [];
    this.labels.classes.forEach((name, code) => {
      if (!name.toLowerCase().includes(query)) return;
      const leaves = [];
      this.labels.arrays.labels.forEach((label, leaf) => {
        if (label === code) leaves.push(leaf);
      });
      found.push([name, `class, ${formatCount(leaves.length)}`, () => this.onSelect(leaves)]);
    });
    this.ids.forEach((id, leaf) => {
      if (id.includes(query)) found.push([cellText(this.columns.columns[0], this.columns.arrays, leaf), "sample", () => this.onLook(leaf)]);
    });
    const rest = found.length - SHOWN;
    const note = found.length === 0 ? "Nothing is called so" : rest > 0 ? `${formatCount(rest)} more: type on to narrow them down` : "";
    this.list.replaceChildren(...found.slice(0, SHOWN).map((entry) => this.row(...entry)), ...(note ? [element("div", "note", { text: note })] : []));
  }

  row(name, kind, onClick) {
    const button = element("button", "entry", { type: "button" }, [element("span", "label", { text: name }), element("span", "count", { text: kind })]);
    button.addEventListener("click", onClick);
    return button;
  }
}
