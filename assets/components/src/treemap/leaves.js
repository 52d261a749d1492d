// What is known of the leaves: how each is drawn in its slot, and whether it is selected, hidden or wrong.

import { css, MISSING } from "../shared/colour.js";
import { cellText } from "../shared/wire.js";

const OUTSIDE = 0.2; // opacity of samples outside the selection
const UNFOCUSED = 0.25; // of all others while errors are in focus

export class Leaves {
  /**
   * `data`: payloads `columns`, `colours`, `errors`, `sparks` (or null), `sprites` (Sprites or null), `samples` (Samples), `text` (column's name
   * or null); `masks`: { selected, hidden } Shares or null; `switches`: { outline, focus }.
   */
  constructor(data, masks, switches) {
    Object.assign(this, data, masks, switches);
    this.textColumn = this.text && this.columns ? this.columns.columns.find(({ name }) => name === this.text) : null;
    this.kind = this.sprites ? "image" : this.textColumn ? "text" : this.sparks ? "line" : "cell";
  }

  isWrong(leaf) {
    return this.errors !== null && ((this.errors.arrays.bits[leaf >> 3] >> (leaf & 7)) & 1) === 1;
  }

  state(leaf) {
    let alpha = this.hidden?.has(leaf) ? 0 : 1;
    if (this.selected && !this.selected.has(leaf)) alpha *= OUTSIDE;
    const wrong = this.isWrong(leaf);
    if (this.focusErrors && !wrong) alpha = Math.min(alpha, UNFOCUSED);
    return { alpha, wrong: wrong && this.outlineErrors };
  }

  cell(leaf) {
    return this.sprites.cell(this.samples.of(leaf));
  }

  string(leaf) {
    return cellText(this.textColumn, this.columns.arrays, leaf);
  }

  /** The vector as heights 0..1; NaN where it is not finite. */
  line(leaf) {
    const { m, arrays } = this.sparks;
    return Float32Array.from(arrays.levels.subarray(leaf * m, (leaf + 1) * m), (level) => (level === 255 ? NaN : level / 254));
  }

  colour(leaf) {
    if (!this.colours) return css(MISSING);
    const { arrays, missing_code: missing } = this.colours;
    const code = arrays.codes[leaf];
    return code === missing ? css(MISSING) : css(arrays.palette.subarray(3 * code, 3 * code + 3));
  }

  /** Title, text and colour of a leaf's value for the tooltip, or null. */
  described(leaf) {
    if (!this.colours || this.colours.colouring !== "categorical") return null;
    const { arrays, labels, title, missing_code: missing } = this.colours;
    const code = arrays.codes[leaf];
    if (code === missing) return { title, label: "missing", rgb: MISSING };
    return { title, label: labels[code], rgb: arrays.palette.subarray(3 * code, 3 * code + 3) };
  }
}
