// The flat binary tree of repgeom_core/hierarchy/tree.py: nodes 0..n-1 are leaves, n + i is merge i, the last is the root.

/** `left`, `right`, `height`: one value for each merge. Adds per node `parent`, `count`, `start`, and the leaves in dendrogram `order`. */
export function treeOf(left, right, height) {
  const merges = left.length;
  const n = merges + 1;
  const count = new Int32Array(n + merges).fill(1, 0, n);
  const start = new Int32Array(n + merges);
  const parent = new Int32Array(n + merges).fill(-1);
  const order = new Int32Array(n);
  for (let i = 0; i < merges; i++) {
    count[n + i] = count[left[i]] + count[right[i]];
    parent[left[i]] = parent[right[i]] = n + i;
  }
  for (let i = merges - 1; i >= 0; i--) {
    start[left[i]] = start[n + i];
    start[right[i]] = start[n + i] + count[left[i]];
  }
  for (let leaf = 0; leaf < n; leaf++) order[start[leaf]] = leaf;
  return { n, root: n + merges - 1, left, right, height, parent, count, start, order };
}

/** The leaves under a node, in dendrogram order. */
export function members(tree, node) {
  return tree.order.subarray(tree.start[node], tree.start[node] + tree.count[node]);
}

/** The nodes above a node, the tree's root first. */
export function ancestors(tree, node) {
  const found = [];
  while ((node = tree.parent[node]) >= 0) found.push(node);
  return found.reverse();
}
