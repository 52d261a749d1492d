// Which classes a node's samples are of, counted from the samples when somebody looks at it.

import { members } from "./tree.js";

const ENOUGH = 0.6; // share of the samples with a class that the named ones cover
const NAMED = 2; // at most

export class Composition {
  /** `colours` is a categorical payload over the leaves: its codes are the classes. */
  constructor(tree, colours) {
    Object.assign(this, { tree, colours, known: new Map() });
  }

  /** Whether the leaves' colours are the classes that `labels` speaks about. */
  static fits(colours, labels) {
    const same = colours?.colouring === "categorical" && labels && colours.labels.length === labels.classes.length;
    return Boolean(same) && colours.labels.every((name, k) => name === labels.classes[k]);
  }

  /** [code, count] of the classes of a node, largest first. */
  of(node) {
    let found = this.known.get(node);
    if (!found) {
      const counts = new Uint32Array(this.colours.labels.length);
      const { codes } = this.colours.arrays;
      for (const leaf of members(this.tree, node)) if (codes[leaf] < counts.length) counts[codes[leaf]] += 1;
      found = Array.from(counts, (count, code) => [code, count]).filter(([, count]) => count).sort((a, b) => b[1] - a[1]);
      this.known.set(node, found);
    }
    return found;
  }

  /** How many of a node's samples have a class. */
  labelled(node) {
    return this.of(node).reduce((sum, [, count]) => sum + count, 0);
  }

  /** The share of a class among those that have one; of the most frequent class it is the purity. */
  share(node, code) {
    return (this.of(node).find(([one]) => one === code)?.[1] ?? 0) / Math.max(1, this.labelled(node));
  }

  /**
   * The class of most of a node's samples that have one; where it is not most, the first two; "…" where these are not most either, or leave
   * out a class as large as the last of them. Null without any.
   */
  name(node) {
    const { labels } = this.colours;
    const enough = ENOUGH * this.labelled(node);
    const names = [];
    let [covered, last] = [0, 0];
    for (const [code, count] of this.of(node)) {
      if (covered >= enough ? count === last : names.length === NAMED) return `${names.join(", ")}, …`;
      if (covered >= enough) break;
      names.push(labels[code]);
      covered += count;
      last = count;
    }
    return names.length ? names.join(", ") : null;
  }
}
