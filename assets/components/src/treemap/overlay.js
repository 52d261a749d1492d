// What is marked over the picture of a treemap now, as marks.js draws it.

import { checkOf } from "./scene.js";

export function overlayOf(view) {
  const { scene, told, link, header, painter, keyboard, pointer: { under, elsewhere } } = view;
  const box = under?.box ?? under?.frame ?? null;
  const slot = under?.slot ?? null;
  const button = under?.box ? checkOf(under.box) : null;
  const ring = elsewhere >= 0 ? view.slotOf(elsewhere) : null;
  const within = elsewhere >= 0 && !ring ? view.boxOf(view.data.tree.start[elsewhere]) : null;
  const keyed = keyboard.focused && keyboard.node >= 0 && view.reader.root.dataset.pointer === undefined;
  return {
    chosen: scene.boxes.filter(({ node }) => told.of(node).share === 1).map(({ rect }) => rect),
    box: box && box.node !== scene.root ? box.rect : null,
    key: keyed ? scene.places.get(keyboard.node) ?? null : null,
    check: button && { ...button, ground: painter.looks.box(under.box.node).strip, on: told.of(under.box.node).share === 1, hot: under.check },
    slot, elsewhere: ring, within: within?.rect ?? null,
    focus: link.focus >= 0 ? view.slotOf(link.focus) : null,
    similar: header.similar && slot ? similar(view, slot.leaf) : [],
  };
}

/** Slots of the nearest neighbours of a leaf, as far as they are shown. */
function similar({ data: { parts }, scene }, leaf) {
  if (!parts.neighbours) return [];
  const { k, arrays } = parts.neighbours;
  const near = new Set(arrays.indices.subarray(leaf * k, (leaf + 1) * k));
  return scene.slots.filter((slot) => near.has(slot.leaf));
}
