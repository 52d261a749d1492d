// A channel carries one binary payload into the shared store, where maps find it by its digest. It shows nothing.

import { hold, inTurn, release, sprites } from "./store.js";
import { readHeader, unpack } from "./wire.js";

const held = new WeakMap(); // parentElement -> digest

function receiveSprites(header, bytes, setTriggerValue) {
  const set = sprites(header.set);
  set.layout = header;
  set.ask = (sheet) => inTurn(() => setTriggerValue("sheet", sheet));
  if (header.sheet >= 0 && !set.sheets.has(header.sheet)) {
    set.add(header.sheet, unpack(bytes).arrays.image);
  } else if (set.wanted >= 0 && !set.sheets.has(set.wanted)) {
    set.request(set.wanted);
  }
}

export default function channel({ data, parentElement, setTriggerValue }) {
  const host = parentElement.host ?? parentElement;
  // Streamlit leaves a gap above every element: a channel is no element to see.
  const frame = host.closest?.('[data-testid="stElementContainer"], .stElementContainer');
  if (frame) frame.style.display = "none";
  if (!(data instanceof Uint8Array)) return undefined;
  const header = readHeader(data);
  if (header.kind === "sprites") {
    receiveSprites(header, data, setTriggerValue);
    return undefined;
  }
  const before = held.get(parentElement);
  if (before !== header.digest) {
    hold(header.digest, () => unpack(data));
    held.set(parentElement, header.digest);
    if (before) release(before);
  }
  return () => {
    // Streamlit also calls this for a call it has overtaken, so look whether the element is really gone.
    setTimeout(() => {
      const digest = held.get(parentElement);
      if (host.isConnected || !digest) return;
      held.delete(parentElement);
      release(digest);
    }, 0);
  };
}
