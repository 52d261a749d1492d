// What is to be drawn: the layout's rectangles with their strips, and the samples in the slots of every box.

import { fromCentre } from "./centre.js";
import { layout } from "./layout.js";
import { corner, filling, grid } from "./slots.js";
import { members } from "./tree.js";

const STRIP = 18;
const LOW_STRIP = 11;
const NARROWEST = 26; // px of a box that still has a strip
const PADDING = 3; // between the outermost frame and what it holds
const INSET = 2; // between a box's edge and its samples
const GAP = 1; // between two samples
const TEXT = { width: 150, height: 34 };

/** Height of a box's strip: none where it would leave no room for a thumbnail. */
export function stripOf(width, height, thumb) {
  if (width < NARROWEST) return 0;
  const left = height - 2 * INSET - 0.85 * thumb;
  return left >= STRIP ? STRIP : left >= LOW_STRIP ? LOW_STRIP : 0;
}

/** Cells of a box for `members` samples of a kind: `{ columns, rows, at(slot) -> rectangle }` in the box's own coordinates. */
function cells(kind, width, height, thumb, members) {
  if (kind === "image" || kind === "cell") {
    const found = grid(width, height, thumb, members);
    const side = Math.max(1, found.side - GAP);
    return { ...found, at: (slot) => {
      const [x, y] = corner(found, slot, width, height);
      return { x: x + GAP / 2, y: y + GAP / 2, width: side, height: side };
    } };
  }
  const wide = kind === "text" ? Math.max(TEXT.width, 3 * thumb) : 2 * thumb;
  const high = kind === "text" ? Math.max(TEXT.height, thumb) : thumb;
  const columns = Math.max(1, Math.floor(width / wide));
  const rows = Math.floor(height / Math.min(high, height));
  const [w, h] = [width / columns, Math.min(height / rows, 1.4 * high)];
  return { columns, rows, at: (slot) => ({ x: (slot % columns) * w + GAP / 2, y: Math.floor(slot / columns) * h + GAP / 2, width: w - GAP, height: h - GAP }) };
}

/**
 * `view`: { root, k, mode, thumb, kind, rank, vectors, flagged, hidden }; `hidden` (Shares or null) are leaves that get no slot, `vectors`
 * (payload or null) puts the most central first. Gives `boxes`
 * ({ node, rect, strip, slots: [{ leaf, x, y, width, height }] }), `frames` ({ node, rect, strip, depth }, outermost first), `places`
 * (node -> rectangle), `slots` of all boxes, and `asked`, `shown`, `reason`, `widened` of the layout.
 */
export function sceneOf(tree, view, width, height) {
  const { root, k, mode, thumb, kind, vectors = null, flagged, hidden } = view;
  const rank = vectors ? new Float64Array(tree.n) : view.rank;
  const side = Math.min(thumb, width, height);
  const plan = layout(tree, k, width, height, { root, mode, thumb: side, padding: PADDING, strip: STRIP });
  const { asked, shown, reason, widened } = plan;
  const scene = { root, width, height, boxes: [], frames: [], places: new Map(), slots: [], asked, shown, reason, widened };
  plan.node.forEach((node, i) => {
    const rect = { x: plan.x[i], y: plan.y[i], width: plan.w[i], height: plan.h[i] };
    scene.places.set(node, rect);
    if (!plan.isBox[i]) {
      scene.frames.push({ node, rect, strip: plan.strip[i], depth: plan.depth[i] });
      return;
    }
    const strip = stripOf(rect.width, rect.height, side);
    let leaves = members(tree, node);
    if (vectors) fromCentre(leaves, vectors, rank);
    if (hidden) leaves = leaves.filter((leaf) => !hidden.has(leaf));
    const room = cells(kind, rect.width - 2 * INSET, rect.height - strip - 2 * INSET, side, leaves.length);
    const filled = filling(leaves, room.columns * room.rows, { rank, flagged });
    const slots = Array.from(filled, (leaf, slot) => {
      const cell = room.at(slot);
      return { leaf, x: rect.x + INSET + cell.x, y: rect.y + strip + INSET + cell.y, width: cell.width, height: cell.height };
    });
    scene.boxes.push({ node, rect, strip, slots });
    for (const slot of slots) scene.slots.push(slot);
  });
  return scene;
}

const inside = ({ x, y, width, height }, px, py) => px >= x && px < x + width && py >= y && py < y + height;

const CHECK = 12;

/** Where a box's check button is, or null where its strip has no room for one. */
export function checkOf({ rect, strip }) {
  if (strip < STRIP || rect.width < 44) return null;
  return { x: rect.x + rect.width - CHECK - 3, y: rect.y + (strip - CHECK) / 2, size: CHECK };
}

/** What lies at a point: { box, slot, check } or { frame }; null outside. */
export function hit(scene, x, y) {
  const box = scene.boxes.find(({ rect }) => inside(rect, x, y));
  if (box) {
    const button = checkOf(box);
    const check = button !== null && inside({ x: button.x - 3, y: box.rect.y, width: button.size + 6, height: box.strip }, x, y);
    const slot = check ? null : box.slots.find((one) => inside({ x: one.x - GAP / 2, y: one.y - GAP / 2, width: one.width + GAP, height: one.height + GAP }, x, y));
    return { box, slot: slot ?? null, check };
  }
  for (let k = scene.frames.length - 1; k >= 0; k--) if (inside(scene.frames[k].rect, x, y)) return { frame: scene.frames[k] };
  return null;
}
