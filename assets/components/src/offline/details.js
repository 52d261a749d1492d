// The clicked sample: a large picture, all its columns, its nearest neighbours.

import { element } from "../shared/dom.js";
import { cellText } from "../shared/wire.js";

const LARGE = 150;
const SMALL = 44;

function picture(set, leaf, side) {
  const cell = set?.cell(leaf);
  if (!cell) return null;
  const canvas = element("canvas", "thumbnail", { role: "img", "aria-label": `sample ${leaf}` });
  canvas.width = cell.w;
  canvas.height = cell.h;
  const zoom = side / Math.max(cell.w, cell.h);
  canvas.style.width = `${Math.round(cell.w * zoom)}px`;
  canvas.style.height = `${Math.round(cell.h * zoom)}px`;
  canvas.getContext("2d").drawImage(cell.image, cell.x, cell.y, cell.w, cell.h, 0, 0, cell.w, cell.h);
  return canvas;
}

/** The details of a leaf, or a hint where none is chosen; `onLook(leaf)` hears a click on a neighbour. */
export function details(leaf, columns, sprites, neighbours, onLook) {
  if (leaf < 0) return [element("p", "soft", { text: "Click a sample in the treemap to see it here." })];
  const found = [picture(sprites, leaf, LARGE)];
  const facts = element("dl", "facts");
  for (const column of columns.columns) {
    facts.append(element("dt", "", { text: column.name }), element("dd", "", { text: cellText(column, columns.arrays, leaf) }));
  }
  found.push(facts);
  if (neighbours) {
    const near = neighbours.arrays.indices.subarray(leaf * neighbours.k, (leaf + 1) * neighbours.k);
    const id = columns.columns[0];
    const buttons = Array.from(near).filter((other) => other !== leaf).map((other) => {
      const name = cellText(id, columns.arrays, other);
      const button = element("button", "near", { type: "button", title: name, "aria-label": name }, [picture(sprites, other, SMALL) ?? name]);
      button.addEventListener("click", () => onLook(other));
      return button;
    });
    found.push(element("h3", "", { text: "Nearest neighbours" }), element("div", "nears", {}, buttons));
  }
  return found.filter(Boolean);
}
