// The legend: categories that toggle on click and isolate on double or alt click, or a continuous ramp.

import { css, MISSING } from "./colour.js";
import { element } from "./dom.js";
import { formatCount, formatNumber } from "./wire.js";

const SEARCH_FROM = 13;
const ROWS_AT_ONCE = 500;

export class Legend {
  /** `onVisibility` is called after `hidden` (a Set of codes) changed. */
  constructor(onVisibility) {
    this.root = element("aside", "legend", { "aria-label": "Legend" });
    this.onVisibility = onVisibility;
    this.hidden = new Set();
    this.colours = null;
  }

  /** Entries of a categorical legend: { code, label, count, colour }; "missing" comes last. */
  get entries() {
    const { labels, arrays, missing, missing_code: missingCode } = this.colours;
    const entries = labels.map((label, code) => ({
      code, label, count: arrays.counts[code], colour: arrays.palette.subarray(3 * code, 3 * code + 3),
    }));
    if (missing > 0) entries.push({ code: missingCode, label: "missing", count: missing, colour: MISSING });
    return entries;
  }

  show(colours) {
    const other = this.colours?.digest !== colours.digest;
    this.colours = colours;
    if (!other) return;
    this.hidden = new Set();
    const title = element("div", "legend-title", { text: colours.title, title: colours.title });
    this.root.replaceChildren(title);
    if (colours.colouring === "continuous") this.showRamp(colours);
    else this.showCategories();
  }

  showRamp({ arrays, low, high, units, missing, below, above }) {
    const ramp = element("canvas", "ramp", { role: "img", "aria-label": `from ${formatNumber(low)} to ${formatNumber(high)}` });
    ramp.width = 1;
    ramp.height = 256;
    const context = ramp.getContext("2d");
    for (let i = 0; i < 256; i++) {
      context.fillStyle = css(arrays.palette.subarray(3 * i, 3 * i + 3));
      context.fillRect(0, 255 - i, 1, 1);
    }
    const suffix = units ? ` ${units}` : "";
    const ticks = element("div", "ticks", {}, [
      element("span", "", { text: `${above > 0 ? "≥ " : ""}${formatNumber(high)}${suffix}` }),
      element("span", "", { text: `${formatNumber((low + high) / 2)}${suffix}` }),
      element("span", "", { text: `${below > 0 ? "≤ " : ""}${formatNumber(low)}${suffix}` }),
    ]);
    this.root.append(element("div", "ramp-box", {}, [ramp, ticks]));
    if (missing > 0) {
      const swatch = element("span", "swatch");
      swatch.style.background = css(MISSING);
      this.root.append(element("div", "entry static", {}, [swatch, element("span", "label", { text: "missing" }), element("span", "count", { text: formatCount(missing) })]));
    }
  }

  showCategories() {
    this.list = element("div", "entries", { role: "group", "aria-label": "Categories: click hides or shows, double-click isolates" });
    this.query = "";
    if (this.entries.length >= SEARCH_FROM) {
      const search = element("input", "search", { type: "search", placeholder: `Search ${formatCount(this.entries.length)}`, "aria-label": "Search categories" });
      search.addEventListener("input", () => {
        this.query = search.value.trim().toLowerCase();
        this.fill();
      });
      this.root.append(search);
    }
    this.root.append(this.list);
    this.fill();
  }

  fill() {
    const matching = this.entries.filter((entry) => entry.label.toLowerCase().includes(this.query));
    const rows = matching.slice(0, ROWS_AT_ONCE).map((entry) => this.row(entry));
    if (matching.length > ROWS_AT_ONCE) {
      rows.push(element("div", "note", { text: `${formatCount(matching.length - ROWS_AT_ONCE)} more: search to find them` }));
    }
    if (matching.length === 0) rows.push(element("div", "note", { text: "No category matches" }));
    if (this.hidden.size > 0) {
      const all = element("button", "link", { type: "button", text: `Show all (${formatCount(this.hidden.size)} hidden)` });
      all.addEventListener("click", () => this.setHidden(new Set()));
      rows.push(all);
    }
    this.list.replaceChildren(...rows);
  }

  row({ code, label, count, colour }) {
    const shown = !this.hidden.has(code);
    const swatch = element("span", "swatch");
    swatch.style.background = css(colour);
    const name = label === "" ? "(empty)" : label;
    const row = element("button", shown ? "entry" : "entry off", { type: "button", "aria-pressed": String(shown), title: `${name}: ${formatCount(count)}\nclick hides or shows, double-click shows it alone` }, [
      swatch, element("span", "label", { text: name }), element("span", "count", { text: formatCount(count) }),
    ]);
    row.dataset.code = code;
    row.addEventListener("click", (event) => {
      // A double click's first click has toggled already; isolating sets everything anew anyway.
      if (event.altKey || event.detail === 2) this.isolate(code);
      else if (event.detail < 2) this.toggle(code);
    });
    return row;
  }

  toggle(code) {
    const hidden = new Set(this.hidden);
    if (!hidden.delete(code)) hidden.add(code);
    this.beforeToggle = this.hidden;
    this.setHidden(hidden);
  }

  /** Shows one category alone; if it was alone already, all. */
  isolate(code) {
    const others = new Set(this.entries.map((entry) => entry.code).filter((other) => other !== code));
    const before = this.beforeToggle ?? this.hidden;
    const alone = before.size === others.size && !before.has(code);
    this.beforeToggle = null;
    this.setHidden(alone ? new Set() : others);
  }

  setHidden(hidden) {
    this.hidden = hidden;
    const focused = this.root.getRootNode().activeElement?.dataset?.code;
    const { scrollTop } = this.list;
    this.fill();
    this.list.scrollTop = scrollTop;
    if (focused !== undefined) this.list.querySelector(`[data-code="${focused}"]`)?.focus({ preventScroll: true });
    this.onVisibility();
  }
}
