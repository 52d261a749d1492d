// Which points lie in a polygon: exact, and fast for millions. The polygon's bounding box is cut into cells; a cell that
// no edge touches is wholly inside or wholly outside, so only points in cells on the outline need the crossing test.

const CELLS = 192;

/** Even-odd crossing test; `polygon` is [x0, y0, x1, y1, ...], closed by itself. */
export function contains(polygon, x, y) {
  let inside = false;
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    const yi = polygon[i + 1];
    const yj = polygon[j + 1];
    if (yi > y !== yj > y && x < ((polygon[j] - polygon[i]) * (y - yi)) / (yj - yi) + polygon[i]) inside = !inside;
  }
  return inside;
}

/** Marks the cells that the segment touches, generously: every cell of each grid row between its crossings. */
function markEdge(cells, x0, y0, x1, y1) {
  if (y0 > y1) [x0, y0, x1, y1] = [x1, y1, x0, y0];
  const clamp = (v) => Math.min(CELLS - 1, Math.max(0, v));
  const slope = y1 > y0 ? (x1 - x0) / (y1 - y0) : 0;
  const last = clamp(Math.floor(y1 + 1e-6));
  for (let row = clamp(Math.floor(y0 - 1e-6)); row <= last; row++) {
    const top = Math.max(y0, row);
    const bottom = Math.min(y1, row + 1);
    const a = y1 > y0 ? x0 + (top - y0) * slope : x0;
    const b = y1 > y0 ? x0 + (bottom - y0) * slope : x1;
    const first = clamp(Math.floor(Math.min(a, b) - 1e-6));
    const end = clamp(Math.floor(Math.max(a, b) + 1e-6));
    cells.fill(2, row * CELLS + first, row * CELLS + end + 1);
  }
}

/** Bits of the samples inside `polygon`; `xy` is interleaved, `skip(i)` (optional) leaves hidden samples out. */
export function insidePolygon(xy, polygon, skip = null) {
  const n = xy.length >> 1;
  const bits = new Uint8Array((n + 7) >> 3);
  let left = Infinity, right = -Infinity, low = Infinity, high = -Infinity;
  for (let i = 0; i < polygon.length; i += 2) {
    left = Math.min(left, polygon[i]);
    right = Math.max(right, polygon[i]);
    low = Math.min(low, polygon[i + 1]);
    high = Math.max(high, polygon[i + 1]);
  }
  if (!(right > left && high > low)) return bits;
  const kx = CELLS / (right - left);
  const ky = CELLS / (high - low);
  const cells = new Uint8Array(CELLS * CELLS); // 0 outside, 1 inside, 2 the outline passes
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    markEdge(cells, (polygon[j] - left) * kx, (polygon[j + 1] - low) * ky, (polygon[i] - left) * kx, (polygon[i + 1] - low) * ky);
  }
  for (let row = 0; row < CELLS; row++) {
    let known = -1; // neighbours without an edge between them share their answer
    for (let column = 0; column < CELLS; column++) {
      const cell = row * CELLS + column;
      if (cells[cell] === 2) known = -1;
      else {
        if (known < 0) known = contains(polygon, left + (column + 0.5) / kx, low + (row + 0.5) / ky) ? 1 : 0;
        cells[cell] = known;
      }
    }
  }
  for (let i = 0; i < n; i++) {
    const x = xy[2 * i];
    const y = xy[2 * i + 1];
    if (x < left || x > right || y < low || y > high) continue;
    const column = Math.min(CELLS - 1, ((x - left) * kx) | 0);
    const row = Math.min(CELLS - 1, ((y - low) * ky) | 0);
    const cell = cells[row * CELLS + column];
    if (cell === 0 || (cell === 2 && !contains(polygon, x, y))) continue;
    if (skip && skip(i)) continue;
    bits[i >> 3] |= 1 << (i & 7);
  }
  return bits;
}

/** The new selection: shift adds, alt removes, otherwise the new one replaces the old. */
export function combine(current, found, mode) {
  if (mode === "replace") return found;
  const result = current.slice();
  for (let i = 0; i < result.length; i++) {
    if (mode === "add") result[i] |= found[i];
    else result[i] &= ~found[i];
  }
  return result;
}
