// Where in the tree we are, and how we came there.

import { ancestors } from "./tree.js";

export class Trail {
  constructor() {
    this.visited = [];
    this.root = -1;
  }

  /** A new tree, seen from `root`. */
  reset(root) {
    this.visited = [];
    this.root = root;
  }

  go(node) {
    if (node === this.root) return;
    this.visited.push(this.root);
    this.root = node;
  }

  /** The root before this one, taken off the trail; -1: there was none. */
  back() {
    return this.visited.length ? (this.root = this.visited.pop()) : -1;
  }

  /** Where "up" leads: to the nearest ancestor that was seen on the way, else to the parent; -1 at the top. */
  above(tree) {
    const known = new Set(this.visited);
    const found = ancestors(tree, this.root);
    return found.findLast((node) => known.has(node)) ?? found.at(-1) ?? -1;
  }
}
