// From one layout to the next: where every box and frame is drawn meanwhile. A box that both layouts have moves from the one place to
// the other; all others move with the node that is zoomed to (or from), as if the picture were one sheet that is stretched.

export const ZOOM_MS = 400;
export const ease = (t) => (t < 0.5 ? 4 * t * t * t : 1 - (2 - 2 * t) ** 3 / 2);

/** The map that takes rectangle `from` to rectangle `to`. */
function stretch(from, to) {
  const sx = to.width / Math.max(1e-9, from.width);
  const sy = to.height / Math.max(1e-9, from.height);
  return (r) => ({ x: to.x + (r.x - from.x) * sx, y: to.y + (r.y - from.y) * sy, width: r.width * sx, height: r.height * sy });
}

export function between(a, b, t) {
  return {
    x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t,
    width: a.width + (b.width - a.width) * t, height: a.height + (b.height - a.height) * t,
  };
}

/**
 * Pairs of rectangles for a change from layout `before` to layout `after` (each a Map from node to rectangle).
 * `anchor` is { from, to }: the rectangles, before and after, of the node that is zoomed to or from.
 * Returns { leaving: Map(node -> [from, to]), coming: Map(node -> [from, to]) }.
 */
export function transition(before, after, anchor) {
  const forwards = stretch(anchor.from, anchor.to);
  const backwards = stretch(anchor.to, anchor.from);
  const leaving = new Map();
  const coming = new Map();
  for (const [node, rect] of before) leaving.set(node, [rect, after.get(node) ?? forwards(rect)]);
  for (const [node, rect] of after) coming.set(node, [before.get(node) ?? backwards(rect), rect]);
  return { leaving, coming };
}
