// One treemap on the page: holds the state, and joins scene, painter, breadcrumb, reader, gestures and the link to Python.

import { neighbourBox } from "./arrows.js";
import { Composition } from "./composition.js";
import { Crumbs } from "./crumbs.js";
import { element } from "../shared/dom.js";
import { Facts } from "./facts.js";
import { buildFrame, say } from "./frame.js";
import { Gestures } from "./gestures.js";
import { Leaves } from "./leaves.js";
import { BoxLegend } from "./legend.js";
import { Painter } from "./painter.js";
import { makePicture, SCALE } from "./picture.js";
import { Reader } from "./reader.js";
import { Samples } from "../shared/samples.js";
import { checkOf, hit, sceneOf } from "./scene.js";
import { TreemapLink } from "../shared/selection.js";
import { Shares, withRange } from "./shares.js";
import { announceHover, inTurn, onHover, payload, sprites, subscribe, treemapHooks } from "../shared/store.js";
import { Tooltip } from "../shared/tooltip.js";
import { Trail } from "./trail.js";
import { ancestors, treeOf } from "./tree.js";
import { ZOOM_MS } from "./tween.js";
import { bitsFromBase64, formatCount } from "../shared/wire.js";
import { samples, spoken } from "./words.js";

const HINT = "Click a box to zoom in, Esc goes up · Shift-click or S selects a box · click a picture for its details";
const PARTS = ["labels", "colours", "columns", "neighbours", "errors", "ranks", "sparks"];
const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

export class TreemapView {
  constructor(parent) {
    this.link = new TreemapLink();
    this.trail = new Trail();
    this.tooltip = new Tooltip();
    this.legend = new BoxLegend();
    this.crumbs = new Crumbs((node) => this.zoom(node));
    this.reader = new Reader((node) => this.zoom(node));
    this.header = null;
    this.tree = null;
    this.nodes = null; // payload of node colours
    this.scene = null;
    this.parts = {}; // the other payloads, null where absent
    this.samplesOf = new Samples("");
    this.masks = { selected: null, hidden: null };
    this.under = null; // what the pointer is on, see hit()
    this.elsewhere = -1; // leaf under the pointer in another view
    this.keyed = -1; // node with the keyboard's focus
    this.focused = false;
    this.frame = buildFrame(parent, { crumbs: this.crumbs.root, reader: this.reader.root, tooltip: this.tooltip.root, legend: this.legend.root }, (name) => this.act(name));
    this.frame.hint.textContent = HINT;
    this.painter = new Painter(this.frame, this);
    this.reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
    this.gestures = new Gestures(this.frame.root, this.reader.root, {
      hover: (x, y) => this.hover(x, y),
      leave: () => this.leave(),
      click: (x, y, mode) => this.click(x, y, mode),
      double: (x, y) => this.double(x, y),
      key: (event) => this.key(event),
      focus: (has) => this.keyboard(has),
    });
    const stops = [subscribe(() => this.arrived()), onHover((hover) => this.hoverElsewhere(hover))];
    this.stopListening = () => stops.forEach((stop) => stop());
    say(this.frame, "Loading the treemap…");
  }

  // ---- what comes from Python ----

  update({ data, setStateValue }) {
    this.send = setStateValue;
    const before = this.header;
    this.header = data;
    this.frame.root.style.height = `${data.height}px`;
    this.frame.title.textContent = data.title;
    this.frame.title.title = data.title;
    if (before?.key !== data.key) {
      if (before) treemapHooks.delete(before.key);
      treemapHooks.set(data.key, this.hooks());
    }
    const themed = this.painter.readTheme();
    const measured = this.painter.measure();
    this.apply(themed || measured);
  }

  /** Something came into the store: perhaps a payload that we wait for, perhaps thumbnails. */
  arrived() {
    if (!this.header) return;
    this.apply(false);
    this.painter.fill();
    if (this.under?.slot) this.showTooltip();
  }

  /** Takes over what the header names, as far as it is here, and draws what that changes. */
  apply(forced) {
    const { header } = this;
    const tree = payload(header.tree);
    const nodes = payload(header.nodes);
    const rows = header.rows ? payload(header.rows) : null;
    if (tree && this.tree?.digest !== header.tree) this.setTree(tree);
    // Both or nothing: another tree in these colours would be a lie.
    if (!this.tree || this.tree.digest !== header.tree || (header.rows && !rows)) return;
    if (nodes && nodes.n === 2 * this.tree.n - 1) this.nodes = nodes;
    if (!this.nodes) return;
    if (this.samplesOf.universe !== header.universe || this.samplesOf.rows !== (rows?.arrays.rows ?? null)) {
      this.samplesOf = new Samples(header.universe, rows?.arrays.rows ?? null);
    }
    for (const name of PARTS) {
      const found = header[name] ? payload(header[name]) : null;
      const wanted = name === "labels" ? 2 * this.tree.n - 1 : this.tree.n;
      if (found?.n === wanted) this.parts[name] = found;
      else if (!header[name]) this.parts[name] = null;
    }
    const told = this.link.receive(header);
    if (told.selection || this.masks.selected === null) this.setSelected();
    if (header.hidden !== this.hiddenFrom) this.setHidden();
    const before = this.trail.root;
    const root = this.valid(this.link.root);
    if (before < 0) this.trail.reset(root);
    else this.trail.go(root);
    say(this.frame, "");
    this.refresh(forced, before);
  }

  setTree(found) {
    const { left, right, height } = found.arrays;
    this.tree = { ...treeOf(left, right, height), digest: found.digest };
    this.link.reset(this.tree.n);
    this.trail.reset(-1);
    this.nodes = null;
    this.scene = null;
    this.layoutKey = null;
    this.composedFrom = undefined;
    this.parts = Object.fromEntries(PARTS.map((name) => [name, null]));
    this.masks = { selected: null, hidden: null };
    this.hiddenFrom = null;
    this.under = null;
    this.keyed = -1;
  }

  setSelected() {
    this.masks.selected = new Shares(this.link.bits, this.tree.order);
  }

  setHidden() {
    this.hiddenFrom = this.header.hidden;
    this.masks.hidden = this.hiddenFrom ? new Shares(bitsFromBase64(this.hiddenFrom, this.tree.n), this.tree.order) : null;
  }

  valid(node) {
    return Number.isInteger(node) && node >= 0 && node <= this.tree.root ? node : this.tree.root;
  }

  // ---- from state to picture ----

  /** Lays out anew what needs it, and paints what has changed. `before`: the root until now. */
  refresh(forced = false, before = this.trail.root) {
    const { header, parts, masks, painter } = this;
    if (!painter.width || !painter.height) return;
    const selecting = this.link.count > 0;
    this.leaves = new Leaves(
      { ...parts, sprites: header.thumbnails ? sprites(header.thumbnails) : null, samples: this.samplesOf, text: header.text },
      { selected: selecting ? masks.selected : null, hidden: masks.hidden },
      { outlineErrors: header.outline_errors, focusErrors: header.focus_errors },
    );
    if (this.composedFrom !== parts.colours || this.composedOf !== parts.labels) {
      [this.composedFrom, this.composedOf] = [parts.colours, parts.labels];
      this.composition = Composition.fits(parts.colours, parts.labels) ? new Composition(this.tree, parts.colours) : null;
    }
    this.told = new Facts(this.tree, { labels: parts.labels, nodes: this.nodes, composition: this.composition, selected: masks.selected, hidden: masks.hidden });
    const order = header.order === "central" && parts.ranks ? parts.ranks.digest : header.order === "errors" && parts.errors ? parts.errors.digest : "even";
    const cutKey = [this.tree.digest, this.trail.root, header.k, header.mode].join();
    const layoutKey = [cutKey, header.thumb, order, this.leaves.kind, this.hiddenFrom, painter.width, painter.height].join();
    // A payload's digest is its content.
    const lookKey = JSON.stringify([
      layoutKey, painter.themeKey, painter.ratio, this.nodes.digest, header.thumbnails, header.outline_errors, header.focus_errors,
      ...["labels", "colours", "errors", "sparks"].map((name) => parts[name]?.digest), header.text && parts.columns?.digest,
      this.link.received,
    ]);
    if (layoutKey !== this.layoutKey) this.layOut(order, cutKey, before);
    else if (lookKey !== this.lookKey || forced) painter.repaint();
    else painter.requestMarks();
    this.layoutKey = layoutKey;
    this.cutKey = cutKey;
    this.lookKey = lookKey;
    this.showWords();
    if (!this.tooltip.root.hidden) this.showTooltip();
  }

  layOut(order, cutKey, before) {
    const { header, parts, painter, tree } = this;
    const old = this.scene;
    const rank = order !== "even" && header.order === "central" ? parts.ranks.arrays.ranks : null;
    const flagged = order !== "even" && header.order === "errors" ? this.wrong() : null;
    const { root } = this.trail;
    this.scene = sceneOf(
      tree, { root, k: header.k, mode: header.mode, thumb: header.thumb, kind: this.leaves.kind, rank, flagged, hidden: this.masks.hidden },
      painter.width, painter.height,
    );
    this.under = null;
    this.tooltip.hide();
    if (!this.scene.places.has(this.keyed)) this.keyed = -1;
    // Only another cut of the same canvas moves; a new size or order is there at once.
    const moves = old && old.width === painter.width && old.height === painter.height && cutKey !== this.cutKey && !this.reducedMotion.matches;
    painter.show(moves ? old : null, moves ? this.anchor(old, before, root) : null);
  }

  wrong() {
    const { bits } = this.parts.errors.arrays;
    return Uint8Array.from({ length: this.tree.n }, (_, leaf) => (bits[leaf >> 3] >> (leaf & 7)) & 1);
  }

  /** The node that a change of root zooms to or from: where it was, and where it will be. */
  anchor(old, before, root) {
    const full = { x: 0, y: 0, width: this.scene.width, height: this.scene.height };
    const place = (scene, node) => {
      for (let at = node; at >= 0; at = this.tree.parent[at]) if (scene.places.has(at)) return scene.places.get(at);
      return full;
    };
    if (this.tree.count[root] < this.tree.count[before]) return { from: place(old, root), to: full };
    return { from: full, to: place(this.scene, before) };
  }

  /** Everything beside the canvas that says where we are. */
  showWords() {
    const { header, scene, frame, tree, told, link } = this;
    const nodes = scene.boxes.map(({ node }) => node);
    const step = (node) => {
      const { name: known, counted } = told.of(node);
      const name = node === tree.root ? "All" : known ?? "Cluster";
      return { node, label: name, count: counted, full: `${name}, ${samples(tree.count[node])}` };
    };
    this.crumbs.show([...ancestors(tree, scene.root), scene.root].map(step));
    const legendKey = [this.nodes.digest, this.nodes.colouring === "categorical" ? nodes.join() : nodes.length].join();
    if (legendKey !== this.legendKey) this.legend.show(this.nodes, nodes);
    this.legendKey = legendKey;
    const few = scene.shown < scene.asked;
    const shown = few
      ? `${scene.shown} of ${scene.asked} clusters asked for: ${scene.reason}`
      : `${scene.shown} ${scene.shown === 1 ? "cluster" : "clusters"}`;
    const widened = scene.widened ? `${few ? "; " : ", "}${scene.widened} drawn larger than ${scene.widened === 1 ? "its" : "their"} share` : "";
    frame.shown.textContent = `${shown}${widened}`;
    frame.shown.title = frame.shown.textContent;
    const hidden = this.masks.hidden?.total ?? 0;
    frame.status.textContent = `${formatCount(link.count)} of ${formatCount(link.n)} selected${hidden ? ` · ${formatCount(hidden)} filtered out` : ""}`;
    frame.clear.hidden = link.count === 0 && link.focus < 0;
    frame.back.disabled = this.trail.visited.length === 0;
    frame.actions.up.disabled = frame.actions.top.disabled = scene.root === tree.root;
    const here = spoken(told.spoken(scene.root), 1, 1);
    const label = `Treemap${header.title ? ` of ${header.title}` : ""}: ${here}, ${scene.shown} clusters shown`;
    frame.boxes.setAttribute("aria-label", label);
    this.reader.show(
      `${label}. Arrows move, Enter zooms in, Escape goes up, S selects.`,
      scene.boxes.map(({ node, rect }, k) => ({
        node, rect, text: spoken(told.spoken(node), k + 1, nodes.length), selected: told.of(node).share === 1,
      })),
      this.focused ? this.keyed : -1,
    );
    if (this.said !== undefined && this.said !== scene.root) frame.live.textContent = `Now ${here}, ${scene.shown} clusters shown`;
    this.said = scene.root;
  }

  // ---- what the hand does ----

  act(name) {
    if (!this.scene) return;
    if (name === "up") this.up();
    else if (name === "back") this.back();
    else if (name === "top") this.zoom(this.tree.root);
    else if (name === "visible") this.selectNode(this.scene.root, true);
    else if (name === "clear") this.clear();
    else if (name === "image") this.save();
    else if (name === "screen") {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.frame.root.requestFullscreen();
    }
  }

  /** Makes a node the root, here and now; Python hears of it. A single sample is looked at instead. */
  zoom(node) {
    if (!this.scene || node === this.trail.root) return;
    if (node < this.tree.n) {
      this.look(node);
      return;
    }
    const before = this.trail.root;
    this.trail.go(node);
    this.zoomed(before);
  }

  zoomed(before) {
    const { root } = this.trail;
    const message = this.link.zoom(root, this.tree.digest);
    this.refresh(false, before);
    // Python hears of it when the boxes have arrived: the page's answer must not make them stutter. Of quick steps only the last counts.
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tell("zoom", message), this.painter.motion ? ZOOM_MS + 30 : 0);
  }

  back() {
    const before = this.trail.root;
    if (this.trail.back() >= 0) this.zoomed(before);
  }

  /** One step up, and the keyboard stays where it came from. */
  up() {
    const before = this.trail.root;
    const above = this.trail.above(this.tree);
    if (above < 0) return false;
    if (this.trail.visited.at(-1) === above) this.trail.back();
    else this.trail.go(above);
    this.zoomed(before);
    if (this.focused) this.moveTo(this.boxOf(this.tree.start[before])?.node ?? -1);
    return true;
  }

  /** The visible box that holds a place of the dendrogram's order. */
  boxOf(place) {
    const { start, count } = this.tree;
    return this.scene.boxes.find(({ node }) => place >= start[node] && place < start[node] + count[node]);
  }

  tell(name, message) {
    inTurn(() => this.send?.(name, message));
  }

  look(leaf) {
    this.tell("focus", this.link.look(leaf, this.header.ids));
    this.painter.requestMarks();
    this.showWords();
  }

  /** Adds a node's samples to the selection or takes them away; filtered ones stay as they are. */
  selectNode(node, on) {
    const { start, count, order } = this.tree;
    const { hidden } = this.masks;
    this.select(withRange(this.link.bits, order, start[node], count[node], on, hidden ? (leaf) => hidden.has(leaf) : null), "box");
  }

  toggleNode(node) {
    const { selected, hidden, count } = this.told.of(node);
    this.selectNode(node, selected < count - hidden);
  }

  select(bits, tool, focus = this.link.focus) {
    if (focus === this.link.focus && bits.every((byte, k) => byte === this.link.bits[k])) return;
    const message = this.link.change(bits, focus, tool, this.header.ids);
    this.setSelected();
    this.refresh();
    this.tell("selection", message);
  }

  clear() {
    this.select(new Uint8Array(this.link.bits.length), "clear", -1);
  }

  click(x, y, mode) {
    if (!this.scene || this.painter.motion) return;
    const found = hit(this.scene, x, y);
    if (!found) return;
    const node = (found.box ?? found.frame).node;
    if (mode !== "plain") this.selectNode(node, mode === "add");
    else if (found.check) this.toggleNode(node);
    else if (found.slot) this.look(found.slot.leaf);
    else if (node === this.scene.root) this.up();
    else this.zoom(node);
  }

  /** A double click on a sample zooms to its box; its first click has shown the sample. */
  double(x, y) {
    if (!this.scene || this.painter.motion) return;
    const found = hit(this.scene, x, y);
    if (found?.slot) this.zoom(found.box.node);
  }

  hover(x, y) {
    if (!this.scene || this.painter.motion) return;
    this.pointer = [x, y];
    const found = hit(this.scene, x, y);
    const same = found?.slot === this.under?.slot && found?.box === this.under?.box && found?.frame === this.under?.frame && found?.check === this.under?.check;
    this.under = found;
    this.reader.root.dataset.cursor = !found ? "" : found.check || found.slot ? "point" : (found.box ?? found.frame).node === this.scene.root ? "out" : "zoom";
    if (!same) {
      this.painter.requestMarks();
      announceHover(this.samplesOf.universe, found?.slot ? this.samplesOf.of(found.slot.leaf) : -1, this);
    }
    this.showTooltip();
  }

  leave() {
    this.tooltip.hide();
    if (!this.under) return;
    this.under = null;
    announceHover(this.samplesOf.universe, -1, this);
    this.painter.requestMarks();
  }

  hoverElsewhere({ universe, sample, from }) {
    const leaf = from === this || universe !== this.samplesOf.universe || !this.tree ? -1 : this.samplesOf.rowOf(sample);
    const known = leaf >= 0 && leaf < this.tree.n ? leaf : -1;
    if (known === this.elsewhere) return;
    this.elsewhere = known;
    this.painter.requestMarks();
  }

  showTooltip() {
    const { under, header, leaves } = this;
    const bounds = { width: this.painter.width, height: this.painter.height };
    if (under?.slot) {
      const { leaf } = under.slot;
      this.tooltip.show(leaf, this.samplesOf.of(leaf), this.pointer, leaves.described(leaf), this.parts.columns, header.thumbnails ? leaves.sprites : null, bounds);
    } else if (under) {
      const { node } = under.box ?? under.frame;
      const { heading, pairs } = this.told.told(node);
      this.tooltip.tell(heading, under.check ? [...pairs, ["click", this.told.of(node).share === 1 ? "takes it out of the selection" : "selects it"]] : pairs, this.pointer, bounds);
    } else this.tooltip.hide();
  }

  // ---- keyboard ----

  keyboard(has) {
    this.focused = has;
    this.painter.requestMarks();
  }

  moveTo(node) {
    this.keyed = node;
    this.painter.requestMarks();
    this.showWords();
  }

  key(event) {
    if (!this.scene) return false;
    const { key } = event;
    const { boxes } = this.scene;
    if (key === "Escape") return this.escape();
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "a") this.selectNode(this.scene.root, true);
    else if (event.altKey && key === "ArrowLeft") {
      if (this.trail.visited.length === 0) return false;
      this.back();
    } else if (event.ctrlKey || event.metaKey) return false;
    else if (ARROWS.has(key)) {
      const from = boxes.findIndex(({ node }) => node === this.keyed);
      const next = from < 0 ? 0 : neighbourBox(boxes.map(({ rect }) => rect), from, key);
      if (next >= 0) this.moveTo(boxes[next].node);
    } else if (key === "Enter" || key === " ") {
      if (this.keyed < 0) this.moveTo(boxes[0].node);
      else this.zoom(this.keyed);
    } else if (key.toLowerCase() === "s") {
      const node = this.keyed >= 0 ? this.keyed : this.under?.box?.node ?? -1;
      if (node < 0) return false;
      if (event.altKey) this.selectNode(node, false);
      else this.toggleNode(node);
    } else if (key === "Backspace") this.up();
    else if (key === "Home") this.zoom(this.tree.root);
    else if (key.toLowerCase() === "f") this.act("screen");
    else return false;
    return true;
  }

  escape() {
    if (!this.tooltip.root.hidden) {
      this.leave();
      return true;
    }
    return this.up();
  }

  // ---- what the painter asks for ----

  get samples() {
    return this.leaves;
  }

  facts(node) {
    const strip = this.told.strip(node);
    return node === this.tree.root ? { ...strip, label: "All" } : strip;
  }

  resized() {
    if (!this.header || !this.painter.measure() || !this.tree || !this.nodes) return;
    this.refresh(true);
  }

  slotOf(leaf) {
    return this.scene.slots.find((slot) => slot.leaf === leaf) ?? null;
  }

  /** What lies over the picture. */
  get marks() {
    const { scene, told, under, link, header } = this;
    const box = under?.box ?? under?.frame ?? null;
    const slot = under?.slot ?? null;
    const button = under?.box ? checkOf(under.box) : null;
    const ring = this.elsewhere >= 0 ? this.slotOf(this.elsewhere) : null;
    const within = this.elsewhere >= 0 && !ring ? this.boxOf(this.tree.start[this.elsewhere]) : null;
    return {
      chosen: scene.boxes.filter(({ node }) => told.of(node).share === 1).map(({ rect }) => rect),
      box: box && box.node !== scene.root ? box.rect : null,
      key: this.focused && this.keyed >= 0 && this.reader.root.dataset.pointer === undefined ? scene.places.get(this.keyed) ?? null : null,
      check: button && { ...button, ground: this.painter.looks.box(under.box.node).strip, on: told.of(under.box.node).share === 1, hot: under.check },
      slot, elsewhere: ring, within: within?.rect ?? null,
      focus: link.focus >= 0 ? this.slotOf(link.focus) : null,
      similar: header.similar && slot ? this.similar(slot.leaf) : [],
    };
  }

  /** Slots of the nearest neighbours of a leaf, as far as they are shown. */
  similar(leaf) {
    if (!this.parts.neighbours) return [];
    const { k, arrays } = this.parts.neighbours;
    const near = new Set(arrays.indices.subarray(leaf * k, (leaf + 1) * k));
    return this.scene.slots.filter((slot) => near.has(slot.leaf));
  }

  async save() {
    this.leave();
    const { theme } = this.painter;
    const blob = await makePicture({ picture: this.painter.copy(SCALE), title: this.header.title, colours: this.nodes, nodes: this.scene.boxes.map(({ node }) => node), theme });
    const name = (this.header.title || "treemap").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 80);
    const link = element("a", "", { href: URL.createObjectURL(blob), download: `${name || "treemap"}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  /** What tests and benchmarks may look at, under window.__repgeom.treemaps.get(key). */
  hooks() {
    const view = this;
    const onPage = ({ x, y, width, height }) => {
      const stage = view.frame.stage.getBoundingClientRect();
      return [stage.left + x, stage.top + y, width, height];
    };
    return {
      get drawn() { return view.painter.drawnAt; },
      get complete() { return view.painter.completeAt; },
      get n() { return view.tree?.n ?? 0; },
      get count() { return view.link.count; },
      get seq() { return view.link.sent; },
      get focus() { return view.link.focus; },
      get root() { return view.trail.root; },
      get shown() { return view.scene?.boxes.map(({ node }) => node) ?? []; },
      get animating() { return view.painter.motion !== null; },
      get waiting() { return view.painter.waiting; },
      get hovered() { return view.elsewhere >= 0 ? view.elsewhere : view.under?.slot?.leaf ?? -1; },
      get keyed() { return view.keyed; },
      /** [x, y, width, height] of a visible box or frame in the page. */
      box(node) {
        const rect = view.scene?.places.get(node);
        return rect ? onPage(rect) : null;
      },
      /** Middle of a leaf's slot in the page. */
      at(leaf) {
        const slot = view.scene ? view.slotOf(leaf) : null;
        if (!slot) return null;
        const [x, y, width, height] = onPage(slot);
        return [x + width / 2, y + height / 2];
      },
      /** [x, y] of a box's check button in the page. */
      check(node) {
        const box = view.scene?.boxes.find((one) => one.node === node);
        const button = box && checkOf(box);
        return button ? onPage({ x: button.x + button.size / 2, y: button.y + button.size / 2 }).slice(0, 2) : null;
      },
    };
  }

  dispose() {
    this.disposed = true;
    clearTimeout(this.telling);
    this.gestures.dispose();
    this.stopListening();
    announceHover(this.samplesOf.universe, -1, this);
    if (this.header) treemapHooks.delete(this.header.key);
    this.painter.dispose();
    this.frame.root.remove();
    this.frame.style.remove();
  }
}
