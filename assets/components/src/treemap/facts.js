// What is known of a node, gathered from the payloads when somebody looks at it.

import { valueText } from "./legend.js";
import { members } from "./tree.js";
import { counted, percent } from "./words.js";
import { formatCount } from "../shared/wire.js";

const NO_CLASS = 65_535;

export class Facts {
  /** `labels`, `nodes`: payloads (labels may be null); `colours`: of leaves, or null; `selected`, `hidden`: Shares or null. */
  constructor(tree, { labels, nodes, colours, selected, hidden }) {
    Object.assign(this, { tree, labels, nodes, colours, selected, hidden });
    this.known = new Map();
  }

  of(node) {
    let facts = this.known.get(node);
    if (!facts) {
      facts = this.gather(node);
      this.known.set(node, facts);
    }
    return facts;
  }

  gather(node) {
    const { tree, labels, nodes, selected, hidden } = this;
    const [start, count] = [tree.start[node], tree.count[node]];
    const code = labels ? labels.arrays.majority[node] : NO_CLASS;
    const accuracy = labels && !Number.isNaN(labels.arrays.accuracy[node]) ? labels.arrays.accuracy[node] : null;
    const inside = selected ? selected.within(start, count) : 0;
    const facts = {
      node, count, code, accuracy, selected: inside,
      label: code === NO_CLASS ? null : labels.classes[code],
      errors: accuracy === null ? null : labels.arrays.errors[node],
      hidden: hidden ? hidden.within(start, count) : 0,
      share: selected && selected.total > 0 ? inside / count : null,
      value: valueText(nodes, node),
    };
    facts.counted = counted(facts);
    return facts;
  }

  /** What a box's strip says. */
  strip(node) {
    const facts = this.of(node);
    return { label: facts.label, counted: facts.counted, accuracy: facts.accuracy === null ? "" : percent(facts.accuracy), share: facts.share };
  }

  /** Share of the majority class among a node's samples, or null: counted where samples are coloured by class. */
  purity(node) {
    const { labels, colours, tree } = this;
    const { code } = this.of(node);
    if (code === NO_CLASS || colours?.colouring !== "categorical" || colours.labels.length !== labels.classes.length) return null;
    if (colours.labels.some((name, k) => name !== labels.classes[k])) return null;
    let same = 0;
    for (const leaf of members(tree, node)) same += colours.arrays.codes[leaf] === code ? 1 : 0;
    return same / tree.count[node];
  }

  /** For the tooltip: heading and [name, text] pairs. */
  told(node) {
    const facts = this.of(node);
    const pairs = [["samples", facts.counted]];
    const purity = this.purity(node);
    if (purity !== null && facts.count > 1) pairs.push([`of them ${facts.label}`, percent(purity)]);
    if (facts.accuracy !== null) pairs.push(["accuracy", `${percent(facts.accuracy)}${facts.errors ? ` (${formatCount(facts.errors)} wrong)` : ""}`]);
    if (facts.value) pairs.push([this.nodes.title, facts.value]);
    if (facts.share !== null) pairs.push(["selected", `${formatCount(facts.selected)} (${percent(facts.share)})`]);
    const heading = facts.label === null ? "Cluster" : facts.count === 1 ? facts.label : `mostly ${facts.label}`;
    return { heading: facts.count === 1 && facts.label === null ? "Sample" : heading, pairs };
  }

  /** For a screen reader. */
  spoken(node) {
    const facts = this.of(node);
    const value = facts.value && this.nodes.title !== "accuracy" ? `${this.nodes.title} ${facts.value}` : "";
    return { ...facts, value, purity: this.purity(node) };
  }
}
