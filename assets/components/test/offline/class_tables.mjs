// For tests/pages/test_class_table_in_the_browser.py: the class tables of the cases of a JSON file, and the samples behind their numbers, as JSON.
import { readFileSync } from "node:fs";

import { BEHIND, classCounts } from "../../src/offline/class_counts.js";
import { members, treeOf } from "../../src/treemap/tree.js";

const { tree, classes, labels, predictions, roots } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const flat = treeOf(tree.left, tree.right, tree.height);
const arrays = { labels: Uint16Array.from(labels), predictions: Uint16Array.from(predictions) };
const tables = roots.map((root) => {
  const leaves = members(flat, root);
  return classCounts({ arrays, classes }, leaves).map((row) => {
    const behind = Object.entries(BEHIND).map(([name, stands]) => [name, [...leaves].filter((i) => stands(arrays.labels[i], arrays.predictions[i], row.code))]);
    return { ...row, behind: Object.fromEntries(behind) };
  });
});
process.stdout.write(JSON.stringify(tables)); // a rate that is no number becomes null
