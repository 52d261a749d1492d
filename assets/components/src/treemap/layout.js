// Treemap of the visible clusters; does step by step what repgeom_core/hierarchy/layout.py does (read the reasons there), with the
// same numbers: + - * / of doubles in the same order.

import { cut } from "./cut.js";

const FADING = 0.75;
const LEAST_GAP = 1;
const TALL = 20;
const WIDE = 6;
const LONGEST = [5, 10, 20, 1e9];
const ROUNDS = 8;

/**
 * Rectangles of boxes and frames, frames before what they hold, in dendrogram order. Arrays `node`, `parent` (place in these arrays, -1
 * for the first), `depth`, `x`, `y`, `w`, `h`, `strip` (height of the label strip, 0: none), `isBox`; `asked`, `shown`, and the `reason`
 * where they differ.
 */
export function layout(tree, k, width, height, { root = tree.root, mode = "height", thumb = 32, padding = 2, strip = 12 } = {}) {
  if (!(thumb > 0 && padding >= 0 && strip >= 0 && width >= thumb && height >= thumb)) {
    throw new Error(`Expected a canvas of at least one thumbnail, got ${width} x ${height} pixels for thumbnails of ${thumb}.`);
  }
  const wanted = Math.min(k, tree.count[root]);
  let best = { node: [] };
  for (const longest of LONGEST) {
    const plan = withRoom(tree, root, k, mode, width, height, { thumb, padding, strip, longest });
    if (plan.node.length > best.node.length) best = plan;
    if (best.node.length === 2 * wanted - 1) break;
  }
  return asLayout(tree, best, root, k);
}

/** The arrangement of as many of `k` clusters as have room for a thumbnail. */
function withRoom(tree, root, k, mode, width, height, style) {
  const refused = new Set();
  for (;;) {
    const plan = planOf(tree, root, cut(tree, k, root, mode, room(tree, root, width, height, style, refused)));
    arrange(plan, style, width, height);
    const small = [];
    for (let i = 1; i < plan.node.length; i++) {
      if (plan.second[i] < 0 && Math.min(plan.w[i], plan.h[i]) < style.thumb - 1e-9) small.push(i);
    }
    if (!small.length) return plan;
    for (const i of small) refused.add(plan.node[plan.parent[i]]);
  }
}

function stripOf(style, w, h) {
  return h >= TALL * style.strip && w >= WIDE * style.strip ? style.strip : 0;
}

function planOf(tree, root, visible) {
  const shown = new Set(visible);
  const node = [], parent = [], depth = [], second = [];
  const waiting = [[root, -1, 0]];
  while (waiting.length) {
    const [here, above, deep] = waiting.pop();
    const i = node.length;
    if (above >= 0 && i > above + 1) second[above] = i;
    node.push(here);
    parent.push(above);
    depth.push(deep);
    second.push(-1);
    if (!shown.has(here)) {
      waiting.push([tree.right[here - tree.n], i, deep + 1], [tree.left[here - tree.n], i, deep + 1]);
    }
  }
  const m = node.length;
  const end = node.map((_, i) => i + 1);
  const boxes = new Array(m).fill(1);
  for (let i = m - 1; i >= 0; i--) {
    if (second[i] >= 0) {
      end[i] = end[second[i]];
      boxes[i] = boxes[i + 1] + boxes[second[i]];
    }
  }
  const target = node.map((here) => tree.count[here]);
  const [x, y, w, h, strip] = Array.from({ length: 5 }, () => new Float64Array(m));
  const across = new Array(m).fill(false);
  return { node, parent, depth, second, end, boxes, target, weight: target.slice(), across, pad: [], x, y, w, h, strip };
}

function arrange(plan, style, width, height) {
  const m = plan.node.length;
  plan.pad = plan.depth.map((depth) => {
    let pad = style.padding;
    for (let level = 0; level < depth; level++) pad *= FADING;
    return pad;
  });
  plan.w[0] = width;
  plan.h[0] = height;
  for (let i = 0; i < m; i++) {
    plan.strip[i] = stripOf(style, plan.w[i], plan.h[i]);
    if (plan.second[i] >= 0) {
      plan.across[i] = better(plan, style, i);
      place(plan, style, i, plan.across[i]);
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    reweigh(plan);
    for (let i = 0; i < m; i++) {
      plan.strip[i] = stripOf(style, plan.w[i], plan.h[i]);
      if (plan.second[i] >= 0) place(plan, style, i, plan.across[i]);
    }
  }
}

/** Whether the children of frame `i` lie side by side. */
function better(plan, style, i) {
  const longFirst = plan.w[i] >= plan.h[i] - plan.strip[i];
  return cost(plan, style, i, !longFirst) < cost(plan, style, i, longFirst) ? !longFirst : longFirst;
}

function cost(plan, style, i, across) {
  let sum = 0;
  place(plan, style, i, across);
  for (let j = i + 1; j < plan.end[i]; j++) {
    const w = plan.w[j];
    const h = plan.h[j];
    if (plan.second[j] >= 0) {
      plan.strip[j] = stripOf(style, w, h);
      place(plan, style, j, w >= h - plan.strip[j]);
    } else {
      const aspect = Math.max(w, h) / Math.max(Math.min(w, h), 1e-3);
      sum += aspect * aspect;
    }
  }
  return sum;
}

function place(plan, style, i, across) {
  const a = i + 1;
  const b = plan.second[i];
  const pad = plan.pad[i];
  const gap = Math.max(pad, LEAST_GAP);
  const x = plan.x[i] + pad;
  const y = plan.y[i] + pad + plan.strip[i];
  const w = Math.max(plan.w[i] - 2 * pad, 0);
  const h = Math.max(plan.h[i] - 2 * pad - plan.strip[i], 0);
  const breadth = across ? h : w;
  const length = Math.max((across ? w : h) - gap, 0);
  const first = share(length, plan.weight[a], plan.weight[b], least(style, breadth, plan.boxes[a]), least(style, breadth, plan.boxes[b]));
  put(plan, a, x, y, across ? first : w, across ? h : first);
  if (across) put(plan, b, x + first + gap, y, length - first, h);
  else put(plan, b, x, y + first + gap, w, length - first);
}

function put(plan, i, x, y, w, h) {
  plan.x[i] = x;
  plan.y[i] = y;
  plan.w[i] = w;
  plan.h[i] = h;
}

function least(style, breadth, boxes) {
  const side = style.thumb + LEAST_GAP;
  return Math.max(style.thumb, ((boxes - 1) * side * side) / Math.max(breadth, side), breadth / (style.longest * boxes));
}

function share(length, weight, other, leastFirst, leastOther) {
  if (leastFirst + leastOther > length) return (length * leastFirst) / (leastFirst + leastOther);
  return Math.min(Math.max((length * weight) / (weight + other), leastFirst), length - leastOther);
}

function reweigh(plan) {
  const m = plan.node.length;
  let area = 0;
  let target = 0;
  for (let i = 0; i < m; i++) {
    if (plan.second[i] < 0) {
      area += plan.w[i] * plan.h[i];
      target += plan.target[i];
    }
  }
  for (let i = m - 1; i >= 0; i--) {
    if (plan.second[i] < 0) plan.weight[i] *= plan.target[i] / target / Math.max((plan.w[i] * plan.h[i]) / area, 1e-9);
    else plan.weight[i] = plan.weight[i + 1] + plan.weight[plan.second[i]];
  }
}

/** The hook of `cut`: whether a node's rectangle, as far as it is known while the cut goes on, has room for two thumbnails. */
function room(tree, root, width, height, style, refused) {
  const sides = new Map([[root, [width, height, style.padding]]]);
  return (node) => {
    if (refused.has(node)) return false;
    const [outerW, outerH, pad] = sides.get(node);
    const gap = Math.max(pad, LEAST_GAP);
    const w = outerW - 2 * pad;
    const h = outerH - 2 * pad - stripOf(style, outerW, outerH);
    const length = Math.max(w, h) - gap;
    const breadth = Math.min(w, h);
    if (breadth < style.thumb || length < 2 * style.thumb) return false;
    const left = tree.left[node - tree.n];
    const right = tree.right[node - tree.n];
    const bound = least(style, breadth, 1);
    const first = share(length, tree.count[left], tree.count[right], bound, bound);
    sides.set(left, w >= h ? [first, h, pad * FADING] : [w, first, pad * FADING]);
    sides.set(right, w >= h ? [length - first, h, pad * FADING] : [w, length - first, pad * FADING]);
    return true;
  };
}

function asLayout(tree, plan, root, k) {
  const { node, parent, depth, x, y, w, h, strip } = plan;
  const isBox = plan.second.map((second) => second < 0);
  const shown = isBox.filter(Boolean).length;
  let reason = null;
  if (shown < k) {
    reason = tree.count[root] === shown ? "every sample is a cluster of its own" : "the canvas has no room for thumbnails in more";
  }
  return { node, parent, depth, x, y, w, h, strip, isBox, asked: k, shown, reason };
}
