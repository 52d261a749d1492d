// The classes of some leaves: how many, and how well they are told apart. As repgeom_core.hierarchy.class_table.

const NONE = 65535;

/** Rows `{ code, name, actual, predicted, both }` of the classes that occur among the leaves, and shares: NaN where nothing is divided. */
export function classCounts({ arrays: { labels, predictions }, classes }, leaves) {
  const actual = new Uint32Array(classes.length);
  const predicted = new Uint32Array(classes.length);
  const both = new Uint32Array(classes.length);
  for (const leaf of leaves) {
    if (labels[leaf] === NONE) continue;
    actual[labels[leaf]] += 1;
    if (predictions[leaf] === NONE) continue;
    predicted[predictions[leaf]] += 1;
    if (labels[leaf] === predictions[leaf]) both[labels[leaf]] += 1;
  }
  return classes
    .map((name, code) => {
      const recall = both[code] / actual[code];
      const precision = both[code] / predicted[code];
      return {
        code, name, actual: actual[code], predicted: predicted[code], both: both[code],
        recall, precision, missed: 1 - recall, falselyFound: 1 - precision,
      };
    })
    .filter((row) => row.actual + row.predicted > 0);
}

/** Which leaf stands behind a number of the table, by the name of its column. */
export const BEHIND = {
  actual: (label, prediction, code) => label === code,
  predicted: (label, prediction, code) => label !== NONE && prediction === code,
  recall: (label, prediction, code) => label === code && prediction === code,
  precision: (label, prediction, code) => label === code && prediction === code,
  missed: (label, prediction, code) => label === code && prediction !== code,
  falselyFound: (label, prediction, code) => label !== NONE && label !== code && prediction === code,
};
