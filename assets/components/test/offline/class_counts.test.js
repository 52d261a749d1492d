import assert from "node:assert/strict";
import { test } from "node:test";

import { BEHIND, classCounts } from "../../src/offline/class_counts.js";

const NONE = 65535;
const labels = { classes: ["cat", "dog", "owl"], arrays: { labels: Uint16Array.of(0, 0, 1, 1, NONE), predictions: Uint16Array.of(0, 1, 1, NONE, 0) } };
const all = [0, 1, 2, 3, 4];

test("counts and shares of the classes that occur, and a share of nothing is no number", () => {
  const [cat, dog, ...others] = classCounts(labels, all);
  assert.deepEqual([cat.actual, cat.predicted, cat.recall, cat.precision, cat.missed, cat.falselyFound], [2, 1, 0.5, 1, 0.5, 0]);
  assert.deepEqual([dog.actual, dog.predicted, dog.recall, dog.precision], [2, 2, 0.5, 0.5]);
  assert.equal(others.length, 0);
  assert.ok(Number.isNaN(classCounts(labels, [3])[0].precision));
});

test("behind each number stand exactly as many samples", () => {
  const { labels: y, predictions } = labels.arrays;
  for (const row of classCounts(labels, all)) {
    const behind = Object.fromEntries(Object.entries(BEHIND).map(([name, of]) => [name, all.filter((i) => of(y[i], predictions[i], row.code)).length]));
    assert.equal(behind.actual, row.actual);
    assert.equal(behind.predicted, row.predicted);
    assert.equal(behind.recall / row.actual, row.recall);
    assert.equal(behind.falselyFound / row.predicted, row.falselyFound);
    assert.equal(behind.missed / row.actual, row.missed);
  }
});
