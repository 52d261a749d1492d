// Which clusters are shown; does exactly what repgeom_core/hierarchy/cut.py does.

import { ownHeight } from "./tree.js";

/** The nodes under `root` that are visible, in dendrogram order: see `cut` in cut.py. */
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

/** The clusters below a threshold: see `cut_at` in cut.py; heights must not fall towards the root. */
export function cutAt(tree, height, root = tree.root) {
  const found = [];
  const waiting = [root];
  while (waiting.length) {
    const node = waiting.pop();
    if (node < tree.n || tree.height[node - tree.n] <= height) found.push(node);
    else waiting.push(tree.right[node - tree.n], tree.left[node - tree.n]);
  }
  return found;
}

/** `[low, high]`: thresholds from low to below high give the k clusters of the height cut. */
export function heightsOfCut(tree, k, root = tree.root) {
  const visible = cut(tree, k, root);
  let low = 0;
  let high = Infinity;
  for (const node of visible) {
    low = Math.max(low, ownHeight(tree, node));
    if (visible.length > 1) high = Math.min(high, ownHeight(tree, tree.parent[node]));
  }
  return [low, high];
}

/** Place in `nodes` of the node that each leaf lies under; -1 outside all. */
export function clusterLabels(tree, nodes) {
  const labels = new Int32Array(tree.n).fill(-1);
  nodes.forEach((node, place) => {
    for (let at = tree.start[node]; at < tree.start[node] + tree.count[node]; at++) labels[tree.order[at]] = place;
  });
  return labels;
}

export function inOrder(tree, nodes) {
  return nodes.sort((a, b) => tree.start[a] - tree.start[b]);
}

function before(a, b) {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}
