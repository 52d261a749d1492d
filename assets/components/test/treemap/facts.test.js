// What is told of a box: each fact once, in the units in which the page tells it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Composition } from "../../src/treemap/composition.js";
import { Facts } from "../../src/treemap/facts.js";
import { ends, valueText } from "../../src/treemap/legend.js";

const tree = { start: [0], count: [100] };
const labels = { classes: ["cat", "dog"], arrays: { majority: [1], accuracy: [0.92], errors: [8] } };
const composition = { name: () => "dog", share: () => 0.9, labelled: () => 100 };
const coloured = (title, value, more = {}) => ({ title, colouring: "continuous", missing_code: 255, arrays: { codes: [0], values: [value] }, percent: false, units: "", ...more });
const pairs = (nodes) => new Facts(tree, { labels, nodes, composition, selected: null, hidden: null }).told(0).pairs;

test("a box says accuracy and purity once, whatever it is coloured by", () => {
  for (const title of ["accuracy", "purity", "height"]) {
    const said = pairs(coloured(title, 0.92, { percent: title !== "height" })).map(([name]) => name);
    assert.deepEqual(said, ["samples", "of them dog", "accuracy", ...(title === "height" ? ["height"] : [])]);
  }
});

test("a change of accuracy is told in points with its sign, in tooltip and legend", () => {
  const change = coloured("change of accuracy", 3.2142, { units: "points", signed: true, low: -12.5, high: 12.5, below: 1, above: 0 });
  assert.deepEqual(pairs(change).at(-1), ["change of accuracy", "+3.2 points"]);
  assert.deepEqual(ends(change), ["≤ −12.5 points", "+12.5 points"]);
  assert.equal(valueText({ ...change, arrays: { codes: [0], values: [-0.04] } }, 0), "0.0 points");
});

test("a change without unit has its sign, and what is no change has none", () => {
  assert.equal(valueText(coloured("change of loss", 0.25, { signed: true }), 0), "+0.25");
  assert.equal(valueText(coloured("height", 0.25), 0), "0.25");
});

test("the purity told is that of the boxes' colours: samples without a class do not count", () => {
  const ten = { n: 10, start: Int32Array.of(0), count: Int32Array.of(10), order: Int32Array.from({ length: 10 }, (_, leaf) => leaf) };
  const codes = Uint8Array.of(1, 1, 1, 0, 2, 2, 2, 2, 2, 2); // 2: none
  const found = new Composition(ten, { labels: ["cat", "dog"], arrays: { codes } });
  assert.equal(found.share(0, 1), 0.75);
  assert.equal(found.name(0), "dog");
  const facts = new Facts(ten, { labels, nodes: coloured("height", 1), composition: found, selected: null, hidden: null });
  assert.deepEqual(facts.told(0).pairs[1], ["of 4 labelled dog", "75 %"]);
});

test("a strip says the value that its box is coloured by, as the tooltip does; where that is no number, how many are right", () => {
  const said = (nodes, known = labels) => new Facts(tree, { labels: known, nodes, composition, selected: null, hidden: null }).strip(0).value;
  const classes = coloured("majority class", 1, { colouring: "categorical", labels: ["cat", "dog"] });
  assert.equal(said(coloured("accuracy", 0.92, { percent: true })), "92 %");
  assert.equal(said(coloured("purity", 0.9, { percent: true })), "90 %");
  assert.equal(said(coloured("entropy", 0.41239)), "0.4124");
  assert.equal(said(coloured("change of accuracy", 3.2142, { units: "points", signed: true })), "+3.2 points");
  assert.equal(said(coloured("NC1 of the cluster", NaN)), "");
  assert.equal(said(classes), "92 % right");
  assert.equal(said(classes, { ...labels, arrays: { ...labels.arrays, accuracy: [NaN] } }), "");
});

test("a name has an ellipsis where the classes it leaves out are many, or one is as large as the last it says", () => {
  const name = (...counts) => {
    const codes = Uint8Array.from(counts.flatMap((count, code) => Array(count).fill(code)));
    const whole = { n: codes.length, start: [0], count: [codes.length], order: Int32Array.from(codes, (_, leaf) => leaf) };
    return new Composition(whole, { labels: ["0", "1", "2", "3"], arrays: { codes } }).name(0);
  };
  assert.equal(name(30, 30, 30), "0, 1, …");
  assert.equal(name(35, 35, 30), "0, 1");
  assert.equal(name(40, 30, 30), "0, 1, …");
  assert.equal(name(25, 25, 25, 25), "0, 1, …");
  assert.equal(name(40, 15, 25, 20), "0, 2");
  assert.equal(name(29, 26, 25, 20), "0, 1, …");
  assert.equal(name(50, 50), "0, 1");
  assert.equal(name(60, 40), "0");
  assert.equal(name(), null);
});
