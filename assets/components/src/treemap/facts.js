// What is known of a node, gathered from the payloads when somebody looks at it.

import { valueText } from "./legend.js";
import { counted, percent } from "./words.js";
import { formatCount, NO_CLASS } from "../shared/wire.js";

// Colours that tell what a fact tells already: their titles, and the fact.
const SAID = { accuracy: "accuracy", purity: "purity", "majority class": "label", "share of the selection": "share", count: "count" };

export class Facts {
  /** `labels`, `nodes`: payloads (labels may be null); `composition`: Composition or null; `selected`, `hidden`: Shares or null. */
  constructor(tree, { labels, nodes, composition, selected, hidden }) {
    Object.assign(this, { tree, labels, nodes, composition, selected, hidden });
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
      name: code === NO_CLASS ? null : this.composition?.name(node) ?? labels.classes[code],
      purity: code === NO_CLASS ? null : this.composition?.share(node, code) ?? null,
      labelled: this.composition?.labelled(node) ?? count,
      errors: accuracy === null ? null : labels.arrays.errors[node],
      hidden: hidden ? hidden.within(start, count) : 0,
      share: selected && selected.total > 0 ? inside / count : null,
      value: valueText(nodes, node),
    };
    facts.counted = counted(facts);
    return facts;
  }

  /** Whether the colour's value says something of a node that its other facts do not say. */
  tells(facts) {
    const said = SAID[this.nodes.title];
    return facts.value !== "" && (said === undefined || facts[said] === null);
  }

  /** What a box's strip says. */
  strip(node) {
    const facts = this.of(node);
    return { label: facts.name, counted: facts.counted, value: this.short(facts), share: facts.share };
  }

  /** The value that a node is coloured by, as the tooltip tells it; where a colour is no number, how many predictions are right. */
  short(facts) {
    const { arrays, colouring, percent: shares } = this.nodes;
    if (colouring === "categorical") return facts.accuracy === null ? "" : `${percent(facts.accuracy)} right`;
    if (facts.value === "" || this.tells(facts)) return facts.value;
    return shares ? percent(arrays.values[facts.node]) : "";
  }

  /** For the tooltip: heading and [name, text] pairs. */
  told(node) {
    const facts = this.of(node);
    const pairs = [["samples", facts.counted]];
    if (facts.purity !== null && facts.count > 1) pairs.push([`of ${facts.labelled < facts.count ? `${formatCount(facts.labelled)} labelled` : "them"} ${facts.label}`, percent(facts.purity)]);
    if (facts.accuracy !== null) pairs.push(["accuracy", `${percent(facts.accuracy)}${facts.errors ? ` (${formatCount(facts.errors)} wrong)` : ""}`]);
    if (this.tells(facts)) pairs.push([this.nodes.title, facts.value]);
    if (facts.share !== null) pairs.push(["selected", `${formatCount(facts.selected)} (${percent(facts.share)})`]);
    return { heading: facts.name ?? (facts.count === 1 ? "Sample" : "Cluster"), pairs };
  }

  /** For a screen reader. */
  spoken(node) {
    const facts = this.of(node);
    return { ...facts, value: this.tells(facts) ? `${this.nodes.title} ${facts.value}` : "" };
  }
}
