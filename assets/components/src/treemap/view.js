// One treemap on the page: joins data, stage, painter, pointer, keyboard and the link to Python, and is where they are told what to do.

import { Crumbs } from "./crumbs.js";
import { Data } from "./data.js";
import { download } from "../shared/download.js";
import { buildFrame, say } from "./frame.js";
import { Gestures } from "./gestures.js";
import { hooksOf } from "./hooks.js";
import { Keyboard } from "./keyboard.js";
import { BoxLegend } from "./legend.js";
import { overlayOf } from "./overlay.js";
import { Painter } from "./painter.js";
import { makePicture } from "./picture.js";
import { Pointer } from "./pointer.js";
import { Reader } from "./reader.js";
import { TreemapLink } from "../shared/selection.js";
import { withRange } from "./shares.js";
import { Stage } from "./stage.js";
import { announceHover, inTurn, onHover, subscribe, treemapHooks } from "../shared/store.js";
import { Surroundings } from "./surroundings.js";
import { Tooltip } from "../shared/tooltip.js";
import { Trail } from "./trail.js";
import { ZOOM_MS } from "./tween.js";

const HINT = "Click a box to zoom in, Esc goes up · Shift-click or S selects a box · click a picture for its details";

export class TreemapView {
  constructor(parent) {
    this.link = new TreemapLink();
    this.trail = new Trail();
    this.data = new Data();
    this.header = null;
    this.tooltip = new Tooltip();
    this.legend = new BoxLegend();
    this.crumbs = new Crumbs((node) => this.zoom(node));
    this.reader = new Reader((node) => this.zoom(node));
    this.stage = new Stage(this);
    this.pointer = new Pointer(this);
    this.keyboard = new Keyboard(this);
    this.surroundings = new Surroundings(this);
    const parts = { crumbs: this.crumbs.root, reader: this.reader.root, tooltip: this.tooltip.root, legend: this.legend.root };
    this.frame = buildFrame(parent, parts, (name) => this.act(name));
    this.frame.hint.textContent = HINT;
    this.painter = new Painter(this.frame, this);
    const { pointer, keyboard } = this;
    this.gestures = new Gestures(this.frame.root, this.reader.root, {
      hover: (x, y) => pointer.hover(x, y),
      leave: () => pointer.leave(),
      click: (x, y, mode) => pointer.click(x, y, mode),
      double: (x, y) => pointer.double(x, y),
      key: (event) => keyboard.press(event),
      focus: (has) => keyboard.focus(has),
    });
    const stops = [subscribe(() => this.arrived()), onHover((hover) => pointer.hoverElsewhere(hover))];
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
      treemapHooks.set(data.key, hooksOf(this));
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
    if (this.pointer.under?.slot) this.pointer.showTooltip();
  }

  /** Takes over what the header names, as far as it is here, and draws what that changes. */
  apply(forced) {
    const { header, data, link, trail } = this;
    const { other, complete } = data.take(header);
    if (other) this.begin();
    if (!complete) return;
    const told = link.receive(header);
    if (told.selection || data.selected === null) data.select(link.bits);
    const before = trail.root;
    const root = data.valid(link.root);
    if (before < 0) trail.reset(root);
    else trail.go(root);
    say(this.frame, "");
    this.refresh(forced, before);
  }

  /** Another tree: what was selected, shown and focused in the old one means nothing in it. */
  begin() {
    this.link.reset(this.data.tree.n);
    this.trail.reset(-1);
    this.stage.forget();
    this.pointer.under = null;
    this.keyboard.node = -1;
  }

  refresh(forced = false, before = this.trail.root) {
    if (!this.painter.width || !this.painter.height) return;
    this.stage.refresh(forced, before);
    this.surroundings.show();
    if (!this.tooltip.root.hidden) this.pointer.showTooltip();
  }

  // ---- what is done ----

  act(name) {
    if (!this.scene) return;
    if (name === "up") this.up();
    else if (name === "back") this.back();
    else if (name === "top") this.zoom(this.data.tree.root);
    else if (name === "visible") this.selectNode(this.scene.root, true);
    else if (name === "clear") this.select(new Uint8Array(this.link.bits.length), "clear", -1);
    else if (name === "image") this.save();
    else if (name === "screen") {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.frame.root.requestFullscreen();
    }
  }

  /** Makes a node the root, here and now; Python hears of it. A single sample is looked at instead. */
  zoom(node) {
    if (!this.scene || node === this.trail.root) return;
    if (node < this.data.tree.n) {
      this.look(node);
      return;
    }
    const before = this.trail.root;
    this.trail.go(node);
    this.zoomed(before);
  }

  zoomed(before) {
    const { root } = this.trail;
    const message = this.link.zoom(root, this.data.tree.digest);
    this.refresh(false, before);
    // Python hears of it when the boxes have arrived: the page's answer must not make them stutter. Of quick steps only the last counts.
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tell("zoom", message), this.painter.motion ? ZOOM_MS + 30 : 0);
  }

  back() {
    const before = this.trail.root;
    if (this.trail.back() >= 0) this.zoomed(before);
  }

  /** One step up, and the keyboard stays where it came from; false at the top. */
  up() {
    const { trail, keyboard, data: { tree } } = this;
    const before = trail.root;
    const above = trail.above(tree);
    if (above < 0) return false;
    if (trail.visited.at(-1) === above) trail.back();
    else trail.go(above);
    this.zoomed(before);
    if (keyboard.focused) keyboard.moveTo(this.boxOf(tree.start[before])?.node ?? -1);
    return true;
  }

  tell(name, message) {
    inTurn(() => this.send?.(name, message));
  }

  look(leaf) {
    this.tell("focus", this.link.look(leaf, this.header.ids));
    this.painter.requestMarks();
    this.surroundings.show();
  }

  /** Adds a node's samples to the selection or takes them away; filtered ones stay as they are. */
  selectNode(node, on) {
    const { tree: { start, count, order }, hidden } = this.data;
    this.select(withRange(this.link.bits, order, start[node], count[node], on, hidden ? (leaf) => hidden.has(leaf) : null), "box");
  }

  toggleNode(node) {
    const { selected, hidden, count } = this.told.of(node);
    this.selectNode(node, selected < count - hidden);
  }

  select(bits, tool, focus = this.link.focus) {
    if (focus === this.link.focus && bits.every((byte, k) => byte === this.link.bits[k])) return;
    const message = this.link.change(bits, focus, tool, this.header.ids);
    this.data.select(bits);
    this.refresh();
    this.tell("selection", message);
  }

  async save() {
    this.pointer.leave();
    const { title } = this.header;
    const nodes = this.scene.boxes.map(({ node }) => node);
    const drawBoxes = (scale) => this.painter.copy(scale);
    const { width, height, theme } = this.painter;
    download(await makePicture({ width, height, title, drawBoxes, colours: this.data.nodes, nodes, theme }), title || "treemap");
  }

  // ---- what the others ask for ----

  get scene() {
    return this.stage.scene;
  }

  get leaves() {
    return this.stage.leaves;
  }

  get told() {
    return this.stage.told;
  }

  get nodes() {
    return this.data.nodes;
  }

  /** What lies over the picture. */
  get marks() {
    return overlayOf(this);
  }

  /** What the strip of a box or frame says. */
  facts(node) {
    const strip = this.told.strip(node);
    return node === this.data.tree.root ? { ...strip, label: "All" } : strip;
  }

  slotOf(leaf) {
    return this.scene.slots.find((slot) => slot.leaf === leaf) ?? null;
  }

  /** The visible box that holds a place of the dendrogram's order. */
  boxOf(place) {
    const { start, count } = this.data.tree;
    return this.scene.boxes.find(({ node }) => place >= start[node] && place < start[node] + count[node]);
  }

  resized() {
    if (!this.header || !this.painter.measure() || !this.data.tree || !this.data.nodes) return;
    this.refresh(true);
  }

  dispose() {
    this.disposed = true;
    clearTimeout(this.telling);
    this.gestures.dispose();
    this.stopListening();
    announceHover(this.data.samples.universe, -1, this);
    if (this.header) treemapHooks.delete(this.header.key);
    this.painter.dispose();
    this.frame.root.remove();
    this.frame.style.remove();
  }
}
