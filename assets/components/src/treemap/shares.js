// How many leaves of any node are marked (selected, hidden): a running count over the dendrogram's order, so that a node's number is a
// difference of two entries.

export const marked = (bits, leaf) => (bits[leaf >> 3] >> (leaf & 7)) & 1;

export class Shares {
  /** `bits` is a mask over leaves, `order` the leaves in dendrogram order. */
  constructor(bits, order) {
    const running = new Uint32Array(order.length + 1);
    let total = 0;
    for (let i = 0; i < order.length; i++) {
      const leaf = order[i];
      total += (bits[leaf >> 3] >> (leaf & 7)) & 1;
      running[i + 1] = total;
    }
    Object.assign(this, { bits, running, total });
  }

  has(leaf) {
    return marked(this.bits, leaf) === 1;
  }

  /** Marked leaves among `count` of them from place `start` of the order. */
  within(start, count) {
    return this.running[start + count] - this.running[start];
  }
}

/** A copy of `bits` with the leaves at places `start .. start + count` of the order switched on or off; `skip(leaf)` leaves some as they are. */
export function withRange(bits, order, start, count, on, skip = null) {
  const changed = bits.slice();
  for (let i = start; i < start + count; i++) {
    const leaf = order[i];
    if (skip?.(leaf)) continue;
    if (on) changed[leaf >> 3] |= 1 << (leaf & 7);
    else changed[leaf >> 3] &= ~(1 << (leaf & 7));
  }
  return changed;
}
