// What hovers beside the pointer: thumbnail, id and columns of a sample. All of it is set as text.

import { css } from "./colour.js";
import { element } from "./dom.js";
import { cellText } from "./wire.js";

const GAP = 14;
const THUMBNAIL = 88;

export class Tooltip {
  constructor() {
    this.root = element("div", "tooltip", { role: "status", "aria-live": "off" });
    this.root.hidden = true;
  }

  hide() {
    this.root.hidden = true;
  }

  /** `row` of this view, `sample` of the sprites, both of one sample; `colour`: { title, label, rgb } or null; `columns`: unpacked payload or null; `sprites`: Sprites or null. */
  show(row, sample, [x, y], colour, columns, sprites, bounds) {
    const content = [];
    const cell = sprites?.cell(sample);
    if (cell) {
      const canvas = element("canvas", "thumbnail");
      canvas.width = cell.w;
      canvas.height = cell.h;
      const zoom = THUMBNAIL / Math.max(cell.w, cell.h);
      canvas.style.width = `${Math.round(cell.w * zoom)}px`;
      canvas.style.height = `${Math.round(cell.h * zoom)}px`;
      canvas.getContext("2d").drawImage(cell.image, cell.x, cell.y, cell.w, cell.h, 0, 0, cell.w, cell.h);
      content.push(canvas);
    } else if (sprites?.layout) content.push(element("div", "thumbnail waiting"));
    const facts = element("dl", "facts");
    const [first, ...others] = columns?.columns ?? [];
    const heading = element("div", "heading", { text: first ? cellText(first, columns.arrays, row) : `Sample ${row}` });
    if (colour) {
      const swatch = element("span", "swatch");
      swatch.style.background = css(colour.rgb);
      facts.append(element("dt", "", { text: colour.title }), element("dd", "", {}, [swatch, colour.label]));
    }
    for (const column of others) {
      if (column.name === colour?.title) continue;
      facts.append(element("dt", "", { text: column.name }), element("dd", "", { text: cellText(column, columns.arrays, row) }));
    }
    content.push(element("div", "words", {}, [heading, facts]));
    this.place(content, [x, y], bounds);
  }

  /** A heading and [name, text] pairs about something that is no sample. */
  tell(heading, pairs, at, bounds) {
    const facts = element("dl", "facts");
    for (const [name, text] of pairs) facts.append(element("dt", "", { text: name }), element("dd", "", { text }));
    this.place([element("div", "words", {}, [element("div", "heading", { text: heading }), facts])], at, bounds);
  }

  place(content, [x, y], bounds) {
    this.root.replaceChildren(...content);
    this.root.hidden = false;
    const { offsetWidth: w, offsetHeight: h } = this.root;
    const left = x + GAP + w > bounds.width ? x - GAP - w : x + GAP;
    const top = Math.min(Math.max(4, y - h / 3), bounds.height - h - 4);
    this.root.style.transform = `translate(${Math.round(Math.max(4, left))}px, ${Math.round(Math.max(4, top))}px)`;
  }
}
