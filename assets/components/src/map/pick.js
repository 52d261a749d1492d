// The sample nearest to the pointer, from a uniform grid: built once per geometry when the browser is idle.

export class PickIndex {
  constructor(xy) {
    const n = xy.length >> 1;
    const side = Math.max(1, Math.min(1024, Math.round(Math.sqrt(n / 2))));
    const cellOf = new Uint32Array(n);
    const starts = new Uint32Array(side * side + 1);
    const clamp = (v) => Math.min(side - 1, Math.max(0, v));
    for (let i = 0; i < n; i++) {
      const cell = clamp(((xy[2 * i + 1] + 1) * 0.5 * side) | 0) * side + clamp(((xy[2 * i] + 1) * 0.5 * side) | 0);
      cellOf[i] = cell;
      starts[cell + 1]++;
    }
    for (let c = 0; c < side * side; c++) starts[c + 1] += starts[c];
    const next = starts.slice(0, -1);
    const rows = new Uint32Array(n);
    for (let i = 0; i < n; i++) rows[next[cellOf[i]]++] = i;
    Object.assign(this, { xy, side, starts, rows });
  }

  /** Row of the nearest sample within `radius` (map units) for which `accept(row)` holds, else -1. */
  nearest(x, y, radius, accept) {
    const { xy, side, starts, rows } = this;
    const cell = (v) => Math.min(side - 1, Math.max(0, Math.floor((v + 1) * 0.5 * side)));
    let best = -1;
    let distance = radius * radius;
    for (let gy = cell(y - radius); gy <= cell(y + radius); gy++) {
      const from = starts[gy * side + cell(x - radius)];
      const to = starts[gy * side + cell(x + radius) + 1];
      for (let k = from; k < to; k++) {
        const i = rows[k];
        const dx = xy[2 * i] - x;
        const dy = xy[2 * i + 1] - y;
        const d = dx * dx + dy * dy;
        if (d <= distance && accept(i)) {
          best = i;
          distance = d;
        }
      }
    }
    return best;
  }
}
