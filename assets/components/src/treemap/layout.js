// Treemap of the visible clusters; does step by step what repgeom_core/hierarchy/layout.py does (read the reasons there), with the
// same numbers: + - * / of doubles in the same order.

import { cut } from "./cut.js";

const FADING = 0.6;
const LEAST_GAP = 1;
const TALL = 24;
const WIDE = 6;
const LOW = 11 / 18;
const LOW_TALL = 16;
const LONGEST = [5, 10];
const GROWN = 1.25;
const CLEAR = 3;
const SLACK = 1.25;
const ROUNDS = 8;

/**
 * Rectangles of boxes and frames, frames before what they hold, in dendrogram order. Arrays `node`, `parent` (place in these arrays, -1
 * for the first), `depth`, `x`, `y`, `w`, `h`, `strip` (height of the label strip, 0: none), `isBox`; `asked`, `shown`, and the `reason`
 * where they differ; `widened`: how many boxes have more than twice their share of area.
 */
export function layout(tree, k, width, height, { root = tree.root, mode = "height", thumb = 32, padding = 2, strip = 12 } = {}) {
  if (!(thumb > 0 && padding >= 0 && strip >= 0 && width >= thumb && height >= thumb)) {
    throw new Error(`Expected a canvas of at least one thumbnail, got ${width} x ${height} pixels for thumbnails of ${thumb}.`);
  }
  const style = { thumb, padding, strip };
  const refused = new Set();
  for (;;) {
    const room = roomIn(tree, root, width, height, style, refused);
    const plan = planOf(tree, root, cut(tree, k, root, mode, room.splits), room.one);
    let small;
    for (const longest of LONGEST) {
      arrange(plan, style, longest, width, height);
      small = [];
      for (let i = 1; i < plan.node.length; i++) {
        if (plan.second[i] < 0 && Math.min(plan.w[i], plan.h[i]) < thumb - 1e-9) small.push(i);
      }
      if (small.length) continue;
      trim(plan, style);
      return asLayout(tree, plan, root, k);
    }
    for (const node of lastSplits(tree, plan, small, room.turn)) refused.add(node);
  }
}

/** For every two boxes without room in one frame, the last split under that frame. */
function lastSplits(tree, plan, small, turn) {
  const crowded = new Map();
  for (const i of small) {
    let frame = plan.parent[i];
    while (plan.node[frame] < 0) frame = plan.parent[frame];
    crowded.set(plan.node[frame], (crowded.get(plan.node[frame]) ?? 0) + 1);
  }
  const found = [];
  for (const [frame, many] of crowded) {
    const first = tree.start[frame];
    const last = first + tree.count[frame];
    const under = [...turn.keys()].filter((node) => node <= frame && first <= tree.start[node] && tree.start[node] < last);
    found.push(...under.sort((a, b) => turn.get(b) - turn.get(a)).slice(0, (many + 1) >> 1));
  }
  return found;
}

function childrenOf(tree, node) {
  return node < tree.n ? [] : [tree.left[node - tree.n], tree.right[node - tree.n]];
}

function stripOf(style, w, h) {
  if (h >= TALL * style.strip && w >= WIDE * style.strip) return style.strip;
  const low = LOW * style.strip;
  return h >= LOW_TALL * low && w >= WIDE * low ? low : 0;
}

function planOf(tree, root, visible, one) {
  const boxes = boxesUnder(tree, root, visible);
  const plan = { node: [], parent: [], depth: [], second: [], target: [], boxes: [] };
  const waiting = [[[root], -1, 0]];
  while (waiting.length) {
    let [parts, parent, depth] = waiting.pop();
    const i = plan.node.length;
    if (parent >= 0 && i > parent + 1) plan.second[parent] = i;
    const seen = parts.length === 1;
    plan.node.push(seen ? parts[0] : -1);
    plan.parent.push(parent);
    plan.depth.push(depth);
    plan.second.push(-1);
    plan.target.push(parts.reduce((sum, part) => sum + tree.count[part], 0));
    plan.boxes.push(parts.reduce((sum, part) => sum + boxes.get(part), 0));
    if (seen && boxes.get(parts[0]) === 1) continue;
    if (seen) {
      parts = partsOf(tree, parts[0], boxes, one);
      depth += 1;
    }
    const half = halfOf(parts.map((part) => Math.max(tree.count[part], boxes.get(part) * one)));
    waiting.push([parts.slice(half), i, depth], [parts.slice(0, half), i, depth]);
  }
  const m = plan.node.length;
  plan.end = plan.node.map((_, i) => i + 1);
  for (let i = m - 1; i >= 0; i--) if (plan.second[i] >= 0) plan.end[i] = plan.end[plan.second[i]];
  plan.across = new Array(m).fill(false);
  for (const name of ["x", "y", "w", "h", "strip"]) plan[name] = new Float64Array(m);
  return plan;
}

function boxesUnder(tree, root, visible) {
  const boxes = new Map(visible.map((node) => [node, 1]));
  const inner = [];
  const waiting = [root];
  while (waiting.length) {
    const node = waiting.pop();
    if (boxes.has(node)) continue;
    inner.push(node);
    waiting.push(...childrenOf(tree, node));
  }
  for (const node of inner.reverse()) {
    const [left, right] = childrenOf(tree, node);
    boxes.set(node, boxes.get(left) + boxes.get(right));
  }
  return boxes;
}

/** What lies in a frame: the node's children, and in place of those whose own frame is left out, what lies in that. */
function partsOf(tree, node, boxes, one) {
  const found = [];
  const waiting = childrenOf(tree, node).reverse();
  while (waiting.length) {
    const part = waiting.pop();
    if (boxes.get(part) > 1) {
      const [left, right] = childrenOf(tree, part);
      const small = tree.count[left] < tree.count[right] ? left : right;
      if (tree.count[small] < boxes.get(small) * one) {
        waiting.push(right, left);
        continue;
      }
    }
    found.push(part);
  }
  return found;
}

function halfOf(weights) {
  let total = 0;
  for (const weight of weights) total += weight;
  let before = 0;
  let best = Infinity;
  let half = 1;
  for (let place = 1; place < weights.length; place++) {
    before += weights[place - 1];
    const apart = Math.abs(total - 2 * before);
    if (apart < best) {
      best = apart;
      half = place;
    }
  }
  return half;
}

function arrange(plan, style, longest, width, height) {
  const m = plan.node.length;
  plan.longest = longest;
  plan.weight = plan.target.slice();
  plan.pad = plan.depth.map((depth, i) => {
    if (plan.node[i] < 0) return 0;
    let pad = style.padding;
    for (let level = 0; level < depth; level++) pad *= FADING;
    return pad;
  });
  plan.w[0] = width;
  plan.h[0] = height;
  for (let i = 0; i < m; i++) {
    plan.strip[i] = stripAt(plan, style, i);
    if (plan.second[i] >= 0) {
      plan.across[i] = better(plan, style, i);
      place(plan, style, i, plan.across[i]);
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    reweigh(plan);
    for (let i = 0; i < m; i++) if (plan.second[i] >= 0) place(plan, style, i, plan.across[i]);
  }
}

/** Whether the children of frame `i` lie side by side. */
function better(plan, style, i) {
  const w = plan.w[i];
  const h = plan.h[i] - plan.strip[i];
  const longFirst = w >= h;
  if (Math.max(w, h) >= CLEAR * Math.min(w, h)) return longFirst;
  const usual = cost(plan, style, i, longFirst);
  return cost(plan, style, i, !longFirst, usual) >= usual ? longFirst : !longFirst;
}

function stripAt(plan, style, i) {
  return plan.node[i] >= 0 ? stripOf(style, plan.w[i], plan.h[i]) : 0;
}

function cost(plan, style, i, across, bound = Infinity) {
  let sum = 0;
  place(plan, style, i, across);
  for (let j = i + 1; j < plan.end[i]; j++) {
    const w = plan.w[j];
    const h = plan.h[j];
    if (plan.second[j] >= 0) {
      plan.strip[j] = stripAt(plan, style, j);
      place(plan, style, j, w >= h - plan.strip[j]);
    } else {
      const aspect = w > h ? w / Math.max(h, 1e-3) : h / Math.max(w, 1e-3);
      sum += aspect * aspect;
      if (sum >= bound) break;
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
  const grown = (GROWN * length) / (plan.target[a] + plan.target[b]);
  const needs = (part) => least(plan, style, breadth, part, grown * plan.target[part]);
  const first = share(length, plan.weight[a], plan.weight[b], needs(a), needs(b));
  put(plan, a, x, y, across ? first : w, across ? h : first);
  if (across) put(plan, b, x + first + gap, y, length - first, h);
  else put(plan, b, x, y + first + gap, w, length - first);
}

/** The length that a part needs: lines of thumbnails across it, one in each box, and no box too oblong where `most` allows. */
function least(plan, style, breadth, part, most) {
  const side = style.thumb + LEAST_GAP;
  const inLine = Math.max(Math.floor((breadth + LEAST_GAP) / side + 1e-9), 1);
  const lines = Math.ceil(Math.floor(plan.boxes[part] * SLACK) / inLine);
  return Math.max(lines * side - LEAST_GAP, Math.min(breadth / (plan.longest * plan.boxes[part]), most));
}

function put(plan, i, x, y, w, h) {
  plan.x[i] = x;
  plan.y[i] = y;
  plan.w[i] = w;
  plan.h[i] = h;
}

function share(length, weight, other, leastFirst, leastOther) {
  if (leastFirst + leastOther > length) return (length * leastFirst) / (leastFirst + leastOther);
  const first = (length * weight) / (weight + other);
  const most = length - leastOther;
  return first < leastFirst ? leastFirst : first > most ? most : first;
}

function reweigh(plan) {
  const [area, target] = totals(plan);
  for (let i = plan.node.length - 1; i >= 0; i--) {
    if (plan.second[i] < 0) plan.weight[i] *= plan.target[i] / target / Math.max((plan.w[i] * plan.h[i]) / area, 1e-9);
    else plan.weight[i] = plan.weight[i + 1] + plan.weight[plan.second[i]];
  }
}

/** Boxes leave what they have far beyond their share empty. */
function trim(plan, style) {
  const [area, target] = totals(plan);
  for (let i = 0; i < plan.node.length; i++) {
    if (plan.second[i] >= 0) continue;
    const most = (GROWN * area * plan.target[i]) / target;
    const [long, short] = plan.w[i] > plan.h[i] ? [plan.w, plan.h] : [plan.h, plan.w];
    long[i] = Math.min(long[i], Math.max(style.thumb, most / short[i]));
    short[i] = Math.min(short[i], Math.max(style.thumb, most / long[i]));
  }
}

/** Area and count of all boxes. */
function totals(plan) {
  let area = 0;
  let target = 0;
  for (let i = 0; i < plan.node.length; i++) {
    if (plan.second[i] < 0) {
      area += plan.w[i] * plan.h[i];
      target += plan.target[i];
    }
  }
  return [area, target];
}

/** Whether a node's rectangle, as far as it is known while the cut goes on, has room for two thumbnails: the hook of `cut`. */
function roomIn(tree, root, width, height, style, refused) {
  const sides = new Map([[root, [width, height, style.padding]]]);
  const turn = new Map();
  const one = (style.thumb * style.thumb * tree.count[root]) / (width * height);
  const splits = (node) => {
    if (refused.has(node)) return false;
    const [outerW, outerH, pad] = sides.get(node);
    const gap = Math.max(pad, LEAST_GAP);
    const w = outerW - 2 * pad;
    const h = outerH - 2 * pad - stripOf(style, outerW, outerH);
    const length = Math.max(w, h) - gap;
    const breadth = Math.min(w, h);
    if (breadth < style.thumb || length < 2 * style.thumb) return false;
    const [a, b] = childrenOf(tree, node);
    const left = tree.count[a];
    const right = tree.count[b];
    let first;
    if (Math.min(left, right) < one) {
      first = style.thumb * Math.min((style.thumb * SLACK) / breadth, 1);
      if (right < left) first = length - first;
    } else {
      first = share(length, left, right, style.thumb, style.thumb);
    }
    turn.set(node, turn.size);
    sides.set(a, w >= h ? [first, h, pad * FADING] : [w, first, pad * FADING]);
    sides.set(b, w >= h ? [length - first, h, pad * FADING] : [w, length - first, pad * FADING]);
    return true;
  };
  return { splits, turn, one };
}

function asLayout(tree, plan, root, k) {
  const seen = plan.node.map((_, i) => i).filter((i) => plan.node[i] >= 0);
  const places = new Map(seen.map((i, at) => [i, at]));
  const found = { parent: [], isBox: seen.map((i) => plan.second[i] < 0) };
  for (const i of seen) {
    let above = plan.parent[i];
    while (above >= 0 && plan.node[above] < 0) above = plan.parent[above];
    found.parent.push(places.get(above) ?? -1);
  }
  for (const name of ["node", "depth", "x", "y", "w", "h", "strip"]) found[name] = seen.map((i) => plan[name][i]);
  const shown = found.isBox.filter(Boolean).length;
  let reason = null;
  if (shown < k) {
    reason = tree.count[root] === shown ? "every sample is a cluster of its own" : "the canvas has no room for thumbnails in more";
  }
  const [area, target] = totals(plan);
  const widened = seen.filter((i) => plan.second[i] < 0 && plan.w[i] * plan.h[i] * target > 2 * area * plan.target[i]).length;
  return { ...found, asked: k, shown, reason, widened };
}
