import assert from "node:assert/strict";
import { test } from "node:test";

import { BEHIND, classCounts } from "../../src/offline/class_counts.js";

const NONE = 65535;
const labels = {
  classes: ["cat", "dog", "owl"],
  arrays: { labels: Uint16Array.of(0, 0, 0, 1, 1, NONE), predictions: Uint16Array.of(0, 0, 1, 1, NONE, 0) },
};
const all = [0, 1, 2, 3, 4, 5];

test("rates are of the samples whose class and prediction are known, and a rate of none is no number", () => {
  const [cat, dog, ...others] = classCounts(labels, all);
  assert.deepEqual([cat.actual, cat.predicted, cat.recall, cat.precision, cat.missed, cat.falselyFound], [3, 3, 2 / 3, 1, 1 / 3, 0]);
  assert.deepEqual([dog.actual, dog.predicted, dog.recall, dog.precision, dog.missed, dog.falselyFound], [2, 2, 1, 0.5, 0, 0.5]);
  assert.equal(others.length, 0);
  const [alone] = classCounts(labels, [4]);
  assert.ok(Number.isNaN(alone.recall) && Number.isNaN(alone.precision));
});

test("behind each number stand exactly the samples that it counts", () => {
  const { labels: y, predictions } = labels.arrays;
  const behind = (name, code) => all.filter((i) => BEHIND[name](y[i], predictions[i], code));
  assert.deepEqual(["actual", "predicted", "recall", "precision", "missed", "falselyFound"].map((name) => behind(name, 0)), [[0, 1, 2], [0, 1, 5], [0, 1], [0, 1], [2], []]);
  assert.deepEqual(["actual", "predicted", "recall", "precision", "missed", "falselyFound"].map((name) => behind(name, 1)), [[3, 4], [2, 3], [3], [3], [], [2]]);
});
