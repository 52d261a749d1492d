// The class table of the current root: sorted by a click on a heading, searched, and a number selects the samples behind it.

import { element } from "../shared/dom.js";
import { formatCount, NO_CLASS } from "../shared/wire.js";
import { BEHIND, classCounts } from "./class_counts.js";

const COLUMNS = [
  ["name", "class", "Class"],
  ["actual", "actual", "Samples of this class"],
  ["predicted", "pred.", "Samples predicted to be of this class"],
  ["recall", "recall", "Share of the class that is predicted to be of it"],
  ["precision", "prec.", "Share of the predictions of this class that are right"],
  ["missed", "FNR", "False-negative rate: 1 − recall"],
  ["falselyFound", "FDR", "False-discovery rate: 1 − precision"],
];
const percent = (share) => (Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)}`);

export class ClassTable {
  /** `onSelect(leaves)` hears what stands behind a clicked number. */
  constructor(labels, onSelect) {
    const predicted = labels.arrays.predictions.some((prediction) => prediction !== NO_CLASS);
    this.columns = predicted ? COLUMNS : COLUMNS.slice(0, 2);
    Object.assign(this, { labels, onSelect, leaves: [], sortedBy: "actual", down: true, query: "" });
    const search = element("input", "search", { type: "search", placeholder: "Search classes", "aria-label": "Search classes" });
    search.addEventListener("input", () => {
      this.query = search.value.trim().toLowerCase();
      this.draw();
    });
    this.body = element("tbody");
    this.headings = element("tr");
    const table = element("table", "classes", {}, [element("thead", "", {}, [this.headings]), this.body]);
    this.root = element("div", "class-table", {}, [search, element("div", "scroll", {}, [table])]);
  }

  show(leaves) {
    this.leaves = leaves;
    this.rows = classCounts(this.labels, leaves);
    this.draw();
  }

  sort(name) {
    this.down = this.sortedBy === name ? !this.down : name !== "name";
    this.sortedBy = name;
    this.draw();
    this.headings.querySelector(`[data-name="${name}"]`).focus();
  }

  draw() {
    this.headings.replaceChildren(...this.columns.map(([name, text, title]) => {
      const button = element("button", "", { type: "button", text, title, "data-name": name });
      button.addEventListener("click", () => this.sort(name));
      const sorted = this.sortedBy === name ? (this.down ? "descending" : "ascending") : "none";
      return element("th", "", { scope: "col", "aria-sort": sorted }, [button]);
    }));
    const sign = this.down ? -1 : 1;
    const key = this.sortedBy;
    const value = (row) => (Number.isNaN(row[key]) ? -1 : row[key]);
    const rows = this.rows.filter((row) => row.name.toLowerCase().includes(this.query));
    rows.sort((a, b) => (key === "name" ? sign * a.name.localeCompare(b.name) : sign * (value(a) - value(b)) || a.code - b.code));
    this.body.replaceChildren(...rows.map((row) => element("tr", "", {}, this.columns.map(([name]) => this.cell(row, name)))));
  }

  cell(row, name) {
    if (name === "name") return element("th", "", { scope: "row", text: row.name, title: row.name });
    const text = name === "actual" || name === "predicted" ? formatCount(row[name]) : percent(row[name]);
    const button = element("button", "", { type: "button", text, title: "Select the samples behind this number" });
    button.addEventListener("click", () => {
      const { labels, predictions } = this.labels.arrays;
      this.onSelect(this.leaves.filter((leaf) => BEHIND[name](labels[leaf], predictions[leaf], row.code)));
    });
    return element("td", "", {}, [button]);
  }
}
