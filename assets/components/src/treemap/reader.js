// What a screen reader finds: a tree of one level, in which every visible box is an item at its place. It lies over the canvas, takes
// its focus and its pointer, and is not seen.

import { element } from "../shared/dom.js";

let instances = 0;

export class Reader {
  /** `onPick(node)` is called when an item is activated by other means than pointer or key (a screen reader's click). */
  constructor(onPick) {
    this.name = `treemap-${(instances += 1)}`;
    this.root = element("div", "reader", { role: "tree", tabindex: "0", "aria-label": "Treemap", "aria-multiselectable": "true" });
    this.root.addEventListener("click", (event) => {
      const node = event.target.dataset?.node;
      if (node !== undefined && event.detail === 0) onPick(Number(node));
    });
    this.key = "";
  }

  /** `items`: { node, rect, text, selected } in dendrogram order; `focused`: node with the keyboard's focus, or -1. */
  show(label, items, focused) {
    this.root.setAttribute("aria-label", label);
    const key = JSON.stringify([label, items]);
    if (key !== this.key) {
      this.key = key;
      this.root.replaceChildren(...items.map((item, k) => this.item(item, k, items.length)));
    }
    if (focused >= 0) this.root.setAttribute("aria-activedescendant", `${this.name}-${focused}`);
    else this.root.removeAttribute("aria-activedescendant");
  }

  item({ node, rect, text, selected }, k, of) {
    const made = element("div", "", {
      id: `${this.name}-${node}`, role: "treeitem", "aria-level": "1", "aria-posinset": String(k + 1), "aria-setsize": String(of),
      "aria-selected": String(selected), "data-node": String(node), text,
    });
    Object.assign(made.style, { left: `${rect.x}px`, top: `${rect.y}px`, width: `${rect.width}px`, height: `${rect.height}px` });
    return made;
  }
}
