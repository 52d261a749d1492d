// What the boxes' colours mean, on one line: a ramp with its ends, or the categories that are shown.

import { css, MISSING } from "../shared/colour.js";
import { element } from "../shared/dom.js";
import { formatNumber } from "../shared/wire.js";

const MOST = 12; // categories that are written out

/** A node's value as text, or "" where it has none. */
export function valueText(colours, node) {
  const { arrays, colouring, labels, missing_code: missing } = colours;
  const code = arrays.codes[node];
  if (colouring === "categorical") return code === missing ? "" : labels[code];
  const value = arrays.values?.[node];
  return value === undefined || Number.isNaN(value) ? "" : number(value, colours);
}

/** As the server writes it under the treemap: differences with their sign, those of percentages in points. */
function number(value, { percent, units, signed }) {
  if (percent) return `${Number((100 * value).toPrecision(3))} %`;
  const tenths = Math.round(10 * value) / 10 + 0; // + 0: no minus before a zero
  const said = units === "points" ? tenths.toFixed(1).replace("-", "−") : formatNumber(Number(value.toPrecision(4)));
  return `${signed && /[1-9]/.test(said) && value > 0 ? "+" : ""}${said}${units ? ` ${units}` : ""}`;
}

/** Texts of the ramp's ends. */
export function ends(colours) {
  const { low, high, below, above } = colours;
  return [`${below > 0 ? "≤ " : ""}${number(low, colours)}`, `${above > 0 ? "≥ " : ""}${number(high, colours)}`];
}

/** The categories of the nodes, most frequent first: { label, rgb }. */
export function categories(colours, nodes) {
  const { arrays, labels, missing_code: missing } = colours;
  const counts = new Map();
  for (const node of nodes) counts.set(arrays.codes[node], (counts.get(arrays.codes[node]) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([code]) =>
    code === missing ? { label: "none", rgb: MISSING } : { label: labels[code], rgb: [...arrays.palette.subarray(3 * code, 3 * code + 3)] },
  );
}

function entry({ label, rgb }) {
  const swatch = element("span", "swatch");
  swatch.style.background = css(rgb);
  return element("span", "entry static", { title: label }, [swatch, element("span", "label", { text: label })]);
}

export class BoxLegend {
  constructor() {
    this.root = element("div", "legend", { "aria-label": "Legend" });
  }

  /** `colours`: payload of node colours; `nodes`: the visible ones. */
  show(colours, nodes) {
    const title = element("span", "legend-title", { text: colours.title, title: colours.said || colours.title });
    if (colours.colouring === "categorical") {
      const found = categories(colours, nodes);
      const rest = found.length > MOST ? [element("span", "note", { text: `and ${found.length - MOST} more` })] : [];
      this.root.replaceChildren(title, ...found.slice(0, MOST).map(entry), ...rest);
      return;
    }
    const [low, high] = ends(colours);
    const ramp = element("canvas", "ramp", { role: "img", "aria-label": `from ${low} to ${high}` });
    ramp.width = 255;
    ramp.height = 1;
    const context = ramp.getContext("2d");
    for (let i = 0; i < 255; i++) {
      context.fillStyle = css(colours.arrays.palette.subarray(3 * i, 3 * i + 3));
      context.fillRect(i, 0, 1, 1);
    }
    const box = element("div", "ramp-box", {}, [element("span", "", { text: low }), ramp, element("span", "", { text: high })]);
    const none = nodes.some((node) => colours.arrays.codes[node] === colours.missing_code);
    this.root.replaceChildren(title, box, ...(none ? [entry({ label: "none", rgb: MISSING })] : []));
  }
}
