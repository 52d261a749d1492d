// Which clusters are shown; does exactly what `cut` in repgeom_core/hierarchy/cut.py does.

/** The nodes under `root` that are visible, in dendrogram order. */
export function cut(tree, k, root = tree.root, mode = "height", splittable = null) {
  const turns = {
    height: (node) => [-tree.height[node - tree.n], -node],
    breadth: (node, depth) => [depth, tree.start[node]],
    count: (node) => [-tree.count[node], tree.start[node]],
  };
  const turn = turns[mode];
  if (!turn) throw new Error(`Unknown mode of cutting "${mode}".`);
  const shown = new Set([root]);
  const waiting = [];
  const wait = (node, depth) => {
    if (node >= tree.n) waiting.push({ node, depth, turn: turn(node, depth) });
  };
  wait(root, 0);
  while (waiting.length && shown.size < k) {
    let next = 0;
    for (let i = 1; i < waiting.length; i++) if (before(waiting[i].turn, waiting[next].turn)) next = i;
    const { node, depth } = waiting.splice(next, 1)[0];
    if (splittable && !splittable(node)) continue;
    shown.delete(node);
    for (const child of [tree.left[node - tree.n], tree.right[node - tree.n]]) {
      shown.add(child);
      wait(child, depth + 1);
    }
  }
  return inOrder(tree, [...shown]);
}

function inOrder(tree, nodes) {
  return nodes.sort((a, b) => tree.start[a] - tree.start[b]);
}

function before(a, b) {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}
