// Thumbnails in a box: the grid, and which members fill it; does what repgeom_core/hierarchy/slots.py does.

export const SMALLEST = 15;
export const LARGEST = 64;
const LEAST = 0.85;
const MOST = 1.25;
const GROWN = 4;
const CARRY = 0.4;

/**
 * `{columns, rows, side}`: cells of about `thumb` pixels that fill the box; 0 x 0 where not even one fits. Where all `members` (null: more
 * than fit) have a cell, the cells grow to fill the box.
 */
export function grid(width, height, thumb, members = null) {
  let columns = Math.max(1, Math.floor(width / thumb + CARRY));
  let rows = Math.max(1, Math.floor(height / thumb + CARRY));
  const least = LEAST * thumb - 1e-9;
  if (width / columns < least && columns > 1) columns -= 1;
  if (height / rows < least && rows > 1) rows -= 1;
  const side = Math.min(width / columns, height / rows, MOST * thumb);
  if (side < least) return { columns: 0, rows: 0, side: 0 };
  if (members === null || members < 1 || members > columns * rows) return { columns, rows, side };
  return largest(width, height, members, GROWN * thumb);
}

/** The grid of at least `members` cells whose cells are the largest that the box holds, of a side of at most `most`. */
function largest(width, height, members, most) {
  let best = { columns: 0, rows: 0, side: 0 };
  for (let columns = 1; columns <= members; columns++) {
    const rows = Math.ceil(members / columns);
    const side = Math.min(width / columns, height / rows);
    if (side > best.side) best = { columns, rows, side };
  }
  return { ...best, side: Math.min(best.side, most) };
}

/** Upper left corner `[x, y]` of a cell in its box. */
export function corner({ columns, rows, side }, slot, width, height) {
  const x = slot % columns;
  const y = Math.floor(slot / columns);
  return [((x + 0.5) * width) / columns - side / 2, ((y + 0.5) * height) / rows - side / 2];
}

/** Places in 0..m-1 at even distances: all, or as many as there are slots. */
export function spread(m, slots) {
  if (m <= slots) return Array.from({ length: m }, (_, j) => j);
  return Array.from({ length: slots }, (_, j) => Math.floor(((2 * j + 1) * m) / (2 * slots)));
}

/** The members (in dendrogram order) that fill the slots, in the order in which they are shown. */
export function filling(members, slots, { rank = null, flagged = null } = {}) {
  if (rank) {
    const of = (i) => (Number.isNaN(rank[i]) ? Infinity : rank[i]);
    const sorted = Array.from(members).sort((a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0));
    return sorted.slice(0, slots);
  }
  if (flagged) {
    const marked = Array.from(members).filter((i) => flagged[i]);
    const first = spread(marked.length, slots).map((j) => marked[j]);
    const others = Array.from(members).filter((i) => !flagged[i]);
    return first.concat(spread(others.length, slots - first.length).map((j) => others[j]));
  }
  return spread(members.length, slots).map((j) => members[j]);
}
