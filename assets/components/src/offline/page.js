// The page around the treemap: holds what is chosen, and plays the part that Python has on the dashboard's page.

import { ClassTable } from "./class_table.js";
import { field, range, select, toggle } from "./controls.js";
import { details } from "./details.js";
import { Search } from "./search.js";
import { element } from "../shared/dom.js";
import { payload, subscribe } from "../shared/store.js";
import { base64FromBits } from "../shared/wire.js";
import { LARGEST, SMALLEST } from "../treemap/slots.js";
import { TreemapView } from "../treemap/view.js";

const KEY = "treemap";
const MOST = 100;
const MODES = [["height", "greatest height first"], ["breadth", "level by level"], ["count", "largest first"]];

export class Page {
  constructor(parent, page, sprites) {
    this.page = page;
    this.sprites = sprites;
    const { handles } = page;
    this.tree = payload(handles.tree);
    this.columns = payload(handles.columns);
    this.labels = payload(handles.labels);
    this.neighbours = handles.neighbours ? payload(handles.neighbours) : null;
    this.chosen = {
      root: this.tree.root, k: page.k, mode: "height", order: "even", thumb: 28, nodes: page.colours.find(({ name }) => name === page.colour).nodes,
      outline_errors: false, focus_errors: false, similar: false, focus: -1, selection: "", ack: 0,
    };
    this.readAddress();
    this.search = new Search(this.columns, this.labels, (leaf) => this.look(leaf), (leaves) => this.select(leaves));
    this.table = this.labels.classes.length ? new ClassTable(this.labels, (leaves) => this.select(leaves)) : null;
    this.aside = element("div", "details");
    const stage = element("div", "canvas");
    parent.append(
      element("header", "", {}, [element("h1", "", { text: page.title }), element("p", "soft", { text: page.about }), this.controls()]),
      element("main", "", {}, [
        stage,
        element("aside", "", { "aria-label": "Samples and classes" }, [
          this.search.root,
          element("h2", "", { text: "Sample" }), this.aside,
          ...(this.table ? [element("h2", "", { text: "Classes of the clusters shown, rates in %" }), this.table.root] : []),
        ]),
      ]),
    );
    this.stage = stage;
    this.view = new TreemapView(stage.attachShadow({ mode: "open" })); // its styles are its own, as on the dashboard
    subscribe(() => this.showDetails());
    new ResizeObserver(() => this.draw()).observe(stage);
    addEventListener("hashchange", () => {
      this.readAddress();
      this.change({});
    });
    this.change({});
  }

  controls() {
    const { chosen, page } = this;
    const set = (name) => (value) => this.change({ [name]: value });
    const found = [
      field("Clusters", range(2, MOST, chosen.k, set("k"))),
      field("Split", select(MODES, chosen.mode, set("mode"))),
      field("Colour", select(page.colours.map(({ name, nodes }) => [nodes, name]), chosen.nodes, set("nodes"))),
    ];
    if (page.sprites || page.handles.sparks) found.push(field(page.sprites ? "Thumbnails" : "Curves", range(SMALLEST, LARGEST, chosen.thumb, set("thumb"))));
    const orders = [["even", "evenly spaced"]];
    if (page.handles.vectors) orders.push(["central", "most central"]);
    if (page.handles.errors) orders.push(["errors", "errors"]);
    if (orders.length > 1) found.push(field("First", select(orders, chosen.order, set("order"))));
    if (page.handles.errors) {
      found.push(toggle("Outline errors", set("outline_errors")), toggle("Focus errors", set("focus_errors")));
    }
    if (page.handles.neighbours) found.push(toggle("Highlight similar", set("similar")));
    return element("div", "controls", {}, found);
  }

  /** The root is in the address, so that the browser's Back goes up and a link shows a cluster. */
  readAddress() {
    const asked = Number(new URLSearchParams(location.hash.slice(1)).get("root") ?? this.tree.root);
    if (Number.isInteger(asked) && asked >= this.tree.n && asked <= this.tree.root) this.chosen.root = asked;
  }

  writeAddress() {
    const { root } = this.chosen;
    const hash = root === this.tree.root ? "" : `#root=${root}`;
    if (location.hash !== hash && (hash || location.hash)) location.hash = hash || "root=" + this.tree.root;
  }

  change(what) {
    Object.assign(this.chosen, what);
    this.writeAddress();
    this.draw();
    this.showDetails();
    const { order, start, count } = this.tree.arrays;
    const { root } = this.chosen;
    if (this.tabled !== root) this.table?.show(order.subarray(start[root], start[root] + count[root]));
    this.tabled = root;
  }

  draw() {
    this.view.update({ data: this.header(), setStateValue: (name, value) => this.heard(name, value) });
  }

  header() {
    const { page, chosen, tree } = this;
    const { handles } = page;
    return {
      ...chosen, key: KEY, title: "", height: this.stage.clientHeight, n: tree.n, ids: KEY, universe: KEY, rows: null, hidden: "",
      tree: handles.tree, labels: handles.node_labels ?? null, colours: handles.colours ?? null, columns: handles.columns,
      neighbours: handles.neighbours ?? null, errors: handles.errors ?? null, ranks: null, vectors: handles.vectors ?? null, sparks: handles.sparks ?? null,
      thumbnails: page.sprites?.set ?? null, text: page.text,
    };
  }

  /** What the treemap sends: as Python would, the page takes it and says so. */
  heard(name, value) {
    const { seq: ack } = value;
    if (name === "zoom") this.change({ root: value.node, ack });
    else if (name === "focus") this.change({ focus: value.focus, ack });
    else if (name === "selection") this.change({ selection: value.mask, focus: value.focus, ack });
  }

  /** Shows a sample, and goes up to where it can be seen. */
  look(leaf) {
    const { start, count } = this.tree.arrays;
    const { root } = this.chosen;
    const inside = start[leaf] >= start[root] && start[leaf] < start[root] + count[root];
    this.change({ focus: leaf, root: inside ? root : this.tree.root });
  }

  select(leaves) {
    const bits = new Uint8Array((this.tree.n + 7) >> 3);
    for (const leaf of leaves) bits[leaf >> 3] |= 1 << (leaf & 7);
    this.change({ selection: leaves.length ? base64FromBits(bits) : "" });
  }

  showDetails() {
    this.aside.replaceChildren(...details(this.chosen.focus, this.columns, this.sprites, this.neighbours, (leaf) => this.look(leaf)));
  }
}
