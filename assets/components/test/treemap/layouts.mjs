// For tests/hierarchy/test_layout.py: lays out the cases of a JSON file and prints the layouts as JSON.
import { readFileSync } from "node:fs";

import { cut } from "../../src/treemap/cut.js";
import { layout } from "../../src/treemap/layout.js";
import { filling, grid } from "../../src/treemap/slots.js";
import { members, treeOf } from "../../src/treemap/tree.js";

const results = JSON.parse(readFileSync(process.argv[2], "utf8")).map(({ tree, k, width, height, ...options }) => {
  const flat = treeOf(tree.left, tree.right, tree.height);
  const { x, y, w, h, strip, ...rest } = layout(flat, k, width, height, options);
  const lengths = Object.fromEntries(Object.entries({ x, y, w, h, strip }).map(([name, values]) => [name, Array.from(values)]));
  const grids = Array.from(x, (_, i) => grid(w[i], h[i] - strip[i], options.thumb ?? 32, flat.count[rest.node[i]]));
  const shown = grids.map(({ columns, rows }, i) => (rest.isBox[i] ? filling(members(flat, rest.node[i]), columns * rows) : []));
  return { ...rest, ...lengths, grids, filled: shown, cut: cut(flat, k, options.root, options.mode) };
});
process.stdout.write(JSON.stringify(results));
