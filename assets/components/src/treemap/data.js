// What Python has sent for one treemap, as far as it is here: the tree, its nodes' colours, what is known of its leaves, and masks over them.

import { Samples } from "../shared/samples.js";
import { payload } from "../shared/store.js";
import { bitsFromBase64 } from "../shared/wire.js";
import { Shares } from "./shares.js";
import { treeOf } from "./tree.js";

const PARTS = ["labels", "colours", "columns", "neighbours", "errors", "ranks", "vectors", "sparks"];

export class Data {
  constructor() {
    this.samples = new Samples("");
    this.tree = null;
    this.forget();
  }

  forget() {
    this.nodes = null; // payload of node colours
    this.parts = Object.fromEntries(PARTS.map((name) => [name, null])); // the other payloads, null where absent
    this.selected = null; // Shares
    this.hidden = null; // Shares, or null where none are
    this.hiddenFrom = null;
  }

  /** Takes over what the header names: `other`, whether it is another tree; `complete`, whether all is here that must be. */
  take(header) {
    const tree = payload(header.tree);
    const nodes = payload(header.nodes);
    const rows = header.rows ? payload(header.rows) : null;
    const other = Boolean(tree) && this.tree?.digest !== header.tree;
    if (other) {
      const { left, right, height } = tree.arrays;
      this.tree = { ...treeOf(left, right, height), digest: tree.digest };
      this.forget();
    }
    // Both or nothing: another tree in these colours would be a lie.
    if (!this.tree || this.tree.digest !== header.tree || (header.rows && !rows)) return { other, complete: false };
    if (nodes && nodes.n === 2 * this.tree.n - 1) this.nodes = nodes;
    if (!this.nodes) return { other, complete: false };
    if (this.samples.universe !== header.universe || this.samples.rows !== (rows?.arrays.rows ?? null)) {
      this.samples = new Samples(header.universe, rows?.arrays.rows ?? null);
    }
    for (const name of PARTS) {
      const found = header[name] ? payload(header[name]) : null;
      const wanted = name === "labels" ? 2 * this.tree.n - 1 : this.tree.n;
      if (found?.n === wanted) this.parts[name] = found;
      else if (!header[name]) this.parts[name] = null;
    }
    if (header.hidden !== this.hiddenFrom) {
      this.hiddenFrom = header.hidden;
      this.hidden = this.hiddenFrom ? new Shares(bitsFromBase64(this.hiddenFrom, this.tree.n), this.tree.order) : null;
    }
    return { other, complete: true };
  }

  select(bits) {
    this.selected = new Shares(bits, this.tree.order);
  }

  /** A node that there is: the tree's root for any other number. */
  valid(node) {
    return Number.isInteger(node) && node >= 0 && node <= this.tree.root ? node : this.tree.root;
  }

  /** Whether each leaf's prediction is wrong. */
  get wrong() {
    const { bits } = this.parts.errors.arrays;
    return Uint8Array.from({ length: this.tree.n }, (_, leaf) => (bits[leaf >> 3] >> (leaf & 7)) & 1);
  }
}
