// The way from the whole tree to the node that is shown: every step is a button, what does not fit is one "…".

import { element } from "../shared/dom.js";

const SHOWN = 3; // steps at the end that are always written out

export class Crumbs {
  /** `onPick(node)` is called when a step is clicked. */
  constructor(onPick) {
    this.root = element("nav", "crumbs", { "aria-label": "Where in the tree" });
    this.onPick = onPick;
    this.key = "";
  }

  /** `steps`: { node, label, count, full } from the root on; the last one is the node that is shown. */
  show(steps) {
    const key = JSON.stringify(steps);
    if (key === this.key) return;
    this.key = key;
    const cut = steps.length > SHOWN + 2;
    const shown = cut ? [steps[0], null, ...steps.slice(-SHOWN)] : steps;
    const left = cut ? steps.slice(1, -SHOWN) : [];
    const nodes = shown.flatMap((step, k) => {
      const part = step ? this.step(step, k === shown.length - 1) : this.gap(left);
      return k ? [element("span", "crumb-rule", { text: "›", "aria-hidden": "true" }), part] : [part];
    });
    this.root.replaceChildren(...nodes);
  }

  step({ node, label, count, full }, last) {
    const children = [element("span", "label", { text: label }), element("span", "count", { text: count })];
    if (last) return element("span", "crumb here", { "aria-current": "location", title: full }, children);
    const made = element("button", "crumb", { type: "button", title: full }, children);
    made.addEventListener("click", () => this.onPick(node));
    return made;
  }

  gap(left) {
    const middle = left[left.length - 1];
    const made = element("button", "crumb gap", { type: "button", text: "…", title: `${left.length} steps between; a click shows ${middle.full}` });
    made.addEventListener("click", () => this.onPick(middle.node));
    return made;
  }
}
