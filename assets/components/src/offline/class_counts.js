// The classes of some leaves: how many, and how well they are told apart. As repgeom_core/hierarchy/class_table.py.

import { NO_CLASS } from "../shared/wire.js";

/**
 * Rows `{ code, name, actual, predicted, recall, precision, missed, falselyFound }` of the classes that occur among the leaves; the rates
 * are of the leaves whose class and prediction are both known, NaN where there are none.
 */
export function classCounts({ arrays: { labels, predictions }, classes }, leaves) {
  const [actual, predicted, ofClass, asClass, both] = Array.from({ length: 5 }, () => new Uint32Array(classes.length));
  for (const leaf of leaves) {
    const label = labels[leaf];
    const prediction = predictions[leaf];
    if (label !== NO_CLASS) actual[label] += 1;
    if (prediction !== NO_CLASS) predicted[prediction] += 1;
    if (label === NO_CLASS || prediction === NO_CLASS) continue;
    ofClass[label] += 1;
    asClass[prediction] += 1;
    if (label === prediction) both[label] += 1;
  }
  return classes
    .map((name, code) => ({
      code, name, actual: actual[code], predicted: predicted[code],
      recall: both[code] / ofClass[code], precision: both[code] / asClass[code],
      missed: (ofClass[code] - both[code]) / ofClass[code], falselyFound: (asClass[code] - both[code]) / asClass[code],
    }))
    .filter((row) => row.actual + row.predicted > 0);
}

/** Which leaf stands behind a number of the table, by the name of its column. */
export const BEHIND = {
  actual: (label, prediction, code) => label === code,
  predicted: (label, prediction, code) => prediction === code,
  recall: (label, prediction, code) => label === code && prediction === code,
  precision: (label, prediction, code) => label === code && prediction === code,
  missed: (label, prediction, code) => label === code && prediction !== code && prediction !== NO_CLASS,
  falselyFound: (label, prediction, code) => prediction === code && label !== code && label !== NO_CLASS,
};
