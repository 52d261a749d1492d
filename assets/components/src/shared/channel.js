// A channel carries one binary payload into the shared store, where maps and treemaps find it by its digest. It shows nothing.

import { hold, inTurn, release, sprites } from "./store.js";
import { readHeader, unpack } from "./wire.js";

const held = new WeakMap(); // parentElement -> digest

function receiveSprites(header, bytes, setTriggerValue) {
  const set = sprites(header.set);
  set.open(header, (sheets) => inTurn(() => setTriggerValue("sheets", sheets)));
  if (header.sheets.some((sheet) => !set.sheets.has(sheet))) {
    const { arrays } = unpack(bytes);
    set.add(header.sheets, header.sheets.map((_, k) => arrays[k]));
  } else set.request();
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
