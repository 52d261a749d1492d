// Who is right about the selection: the hand here, or Python. Every change by hand gets a number; Python's header says
// up to which number it has heard (`ack`). While something newer is on its way, what Python sends is an older echo and is
// ignored; otherwise Python's mask (undo, a table row, a click in another chart) wins.

import { base64FromBits, bitsFromBase64, countBits } from "./wire.js";

export class SelectionLink {
  constructor() {
    this.bits = new Uint8Array(0);
    this.count = 0;
    this.n = 0;
    this.focus = -1;
    this.sent = 0;
    this.received = null; // the encoded mask that `bits` came from
  }

  /** Another set of samples: what was selected among the old ones means nothing here. */
  reset(n) {
    this.n = n;
    this.bits = new Uint8Array((n + 7) >> 3);
    this.count = 0;
    this.focus = -1;
    this.received = "";
  }

  /** Takes Python's mask and focus unless a newer change is on its way; true if the mask changed. */
  receive({ selection, focus, ack }) {
    if (ack < this.sent) return false;
    this.sent = ack;
    this.focus = focus;
    if (selection === this.received) return false;
    this.received = selection;
    this.bits = bitsFromBase64(selection, this.n);
    this.count = countBits(this.bits);
    return true;
  }

  /** Takes a change by hand and returns the message to send. */
  change(bits, focus, tool, ids) {
    this.bits = bits;
    this.count = countBits(bits);
    this.focus = focus;
    this.sent += 1;
    this.received = this.count ? base64FromBits(bits) : "";
    return { mask: this.received, count: this.count, n: this.n, ids, focus, seq: this.sent, tool };
  }
}

/** The treemap's link: selection, focus and root are numbered by one counter. */
export class TreemapLink extends SelectionLink {
  constructor() {
    super();
    this.root = -1;
  }

  /** Takes what Python says unless a newer change is on its way; tells what of it is new. */
  receive(header) {
    if (header.ack < this.sent) return { selection: false, focus: false, root: false };
    const { focus, root } = this;
    const selection = super.receive(header);
    this.root = header.root;
    return { selection, focus: this.focus !== focus, root: this.root !== root };
  }

  /** A sample was clicked; returns the message to send. */
  look(focus, ids) {
    this.focus = focus;
    this.sent += 1;
    return { focus, n: this.n, ids, seq: this.sent };
  }

  /** A cluster was made the root; returns the message to send. */
  zoom(node, tree) {
    this.root = node;
    this.sent += 1;
    return { node, tree, seq: this.sent };
  }
}
