// One map on the page: holds the state, and joins camera, renderer, legend, gestures and the link to Python.

import { automaticLook, Camera } from "./camera.js";
import { ACTION_OF_KEY, buildFrame, say, TOOL_OF_KEY } from "./frame.js";
import { Gestures } from "./gestures.js";
import { combine, insidePolygon } from "./lasso.js";
import { css, MISSING } from "../shared/colour.js";
import { download } from "../shared/download.js";
import { Legend } from "../shared/legend.js";
import { Painter } from "./painter.js";
import { PickIndex } from "./pick.js";
import { makePicture } from "./picture.js";
import { Samples } from "../shared/samples.js";
import { SelectionLink } from "../shared/selection.js";
import { announceHover, debugHooks, inTurn, onHover, payload, sprites, subscribe } from "../shared/store.js";
import { element } from "../shared/dom.js";
import { Tooltip } from "../shared/tooltip.js";
import { bitsFromBase64, formatCount, formatNumber } from "../shared/wire.js";

const SLOW_MS = 250; // a first frame of a new selection is thinned out if a full one takes longer than this
const HINTS = {
  lasso: "Drag to draw a lasso · Shift adds, Alt removes · wheel zooms, Space pans",
  box: "Drag to draw a box · Shift adds, Alt removes · wheel zooms, Space pans",
  pan: "Drag to move · wheel zooms · double-click shows everything",
};
const idle = globalThis.requestIdleCallback ?? ((task) => setTimeout(task, 30));

export class MapView {
  constructor(parent) {
    this.camera = new Camera();
    this.link = new SelectionLink();
    this.legend = new Legend(() => this.visibilityChanged());
    this.tooltip = new Tooltip();
    this.header = null;
    this.geometry = null;
    this.colours = null;
    this.filtered = null; // bits of the samples that Python's filters hide
    this.filteredFrom = null;
    this.index = null;
    this.hovered = -1; // row under the pointer
    this.elsewhere = -1; // row under the pointer in another view
    this.samples = new Samples("");
    this.pointer = null;
    this.path = null;
    this.frame = buildFrame(parent, this.legend.root, this.tooltip.root, (tool) => this.setTool(tool), (name) => this.act(name));
    this.painter = new Painter(this.frame, this.camera, this);
    this.reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
    this.gestures = new Gestures(this.frame.root, this.frame.stage, {
      pan: (dx, dy) => this.move(() => this.camera.pan(dx, dy)),
      zoom: (factor, x, y) => this.move(() => this.camera.zoomAbout(factor, x, y)),
      reset: () => this.act("fit"),
      path: (path) => {
        this.path = path;
        this.painter.requestMarks();
      },
      shape: (path, mode) => this.selectShape(path, mode),
      click: (x, y, mode) => this.click(x, y, mode),
      hover: (x, y) => this.hover(x, y),
      leave: () => this.leave(),
      key: (event) => this.key(event),
    });
    this.setTool("lasso");
    this.frame.actions.legend.setAttribute("aria-expanded", "true");
    const stops = [subscribe(() => this.arrived()), onHover((hover) => this.hoverElsewhere(hover))];
    this.stopListening = () => stops.forEach((stop) => stop());
    if (this.painter.renderer) say(this.frame, "Loading the map…");
  }

  // ---- what comes from Python ----

  update({ data, setStateValue }) {
    this.send = setStateValue;
    const before = this.header;
    this.header = data;
    this.painter.readTheme();
    this.frame.root.style.height = `${data.height}px`;
    this.frame.title.textContent = data.title;
    this.frame.title.title = data.title;
    this.painter.resize(); // now, not when its observer calls: the first frame is drawn once
    if (before?.key !== data.key) {
      if (before) debugHooks.delete(before.key);
      debugHooks.set(data.key, this.hooks());
    }
    this.apply();
  }

  /** Something came into the store: perhaps what we wait for, perhaps the thumbnail of the hovered sample. */
  arrived() {
    if (!this.header) return;
    const waits = this.geometry?.digest !== this.header.geometry || this.colours?.digest !== this.header.colours;
    if (waits) this.apply();
    else if (this.hovered >= 0) this.showTooltip();
  }

  apply() {
    const geometry = payload(this.header.geometry) ?? (this.geometry?.digest === this.header.geometry ? this.geometry : null);
    const colours = payload(this.header.colours) ?? (this.colours?.digest === this.header.colours ? this.colours : null);
    // All or nothing: a picture of new points in old colours would be a lie.
    if (!this.painter.renderer || !geometry || !colours || geometry.n !== colours.n || !this.setSamples()) return;
    const data = geometry !== this.geometry || colours !== this.colours;
    if (geometry !== this.geometry) this.setGeometry(geometry);
    if (colours !== this.colours) this.setColours(colours);
    const filterChanged = this.header.hidden !== this.filteredFrom;
    if (filterChanged) {
      this.filteredFrom = this.header.hidden;
      this.filtered = this.header.hidden ? bitsFromBase64(this.header.hidden, geometry.n) : null;
    }
    const states = this.link.receive(this.header) || filterChanged || this.statesStale;
    if (states) this.uploadStates();
    if (!this.painter.renderer.gl.isContextLost()) say(this.frame, geometry.n === 0 ? "There are no samples to show." : "");
    this.showStatus();
    // Python answers every gesture; most answers change nothing of the picture, and a million points take their time.
    const look = JSON.stringify([this.look, this.painter.theme]);
    if (data || states || look !== this.drawnLook) this.painter.requestDraw();
    else this.painter.requestMarks();
    this.drawnLook = look;
  }

  /** Which samples the rows are; false while that is still to come. */
  setSamples() {
    const { universe, rows } = this.header;
    if (universe === this.samples.universe && rows === this.rowsFrom) return true;
    const found = rows ? payload(rows) : null;
    if (rows && !found) return false;
    this.rowsFrom = rows;
    this.samples = new Samples(universe, found?.arrays.rows);
    return true;
  }

  setGeometry(geometry) {
    const old = this.geometry;
    const same = old && old.ids === geometry.ids && old.n === geometry.n;
    this.geometry = geometry;
    this.xy = geometry.arrays.xy;
    this.index = null;
    this.leave();
    this.painter.place(this.xy, same && !this.reducedMotion.matches ? old.arrays.xy : null);
    if (!same) {
      this.link.reset(geometry.n);
      this.filteredFrom = null;
      this.filtered = null;
      this.statesStale = true;
      this.camera.reset();
    }
    this.camera.extent = geometry.extent;
    idle(() => {
      if (this.geometry === geometry && !this.disposed) this.pickIndex();
    });
  }

  setColours(colours) {
    this.colours = colours;
    this.painter.renderer.setCodes(colours.arrays.codes);
    this.legend.show(colours);
    this.uploadPalette();
    this.frame.root.dataset.kind = colours.colouring;
  }

  uploadPalette() {
    const { arrays, missing_code: missingCode } = this.colours;
    const rgba = new Uint8Array(4 * (missingCode + 1)); // 256 or 65,536 colours
    const { palette } = arrays;
    for (let code = 0; code < palette.length / 3; code++) {
      rgba.set(palette.subarray(3 * code, 3 * code + 3), 4 * code);
      rgba[4 * code + 3] = this.legend.hidden.has(code) ? 0 : 255;
    }
    rgba.set(MISSING, 4 * missingCode);
    rgba[4 * missingCode + 3] = this.legend.hidden.has(missingCode) ? 0 : 255;
    this.painter.renderer.setPalette(rgba);
  }

  uploadStates() {
    const { bits, n } = this.link;
    const states = new Uint8Array(n);
    for (let i = 0; i < n; i++) states[i] = (bits[i >> 3] >> (i & 7)) & 1;
    if (this.filtered) for (let i = 0; i < n; i++) states[i] |= ((this.filtered[i >> 3] >> (i & 7)) & 1) << 1;
    this.painter.renderer.setStates(states);
    this.statesStale = false;
  }

  // ---- what the hand does ----

  setTool(tool) {
    this.gestures.setTool(tool);
    for (const [name, button] of Object.entries(this.frame.tools)) button.setAttribute("aria-pressed", String(name === tool));
    this.showStatus();
  }

  act(name) {
    if (name === "fit") this.move(() => this.camera.reset());
    else if (name === "clear") this.clear();
    else if (name === "image") this.save();
    else if (name === "legend") {
      this.legend.root.hidden = !this.legend.root.hidden;
      this.frame.actions.legend.setAttribute("aria-expanded", String(!this.legend.root.hidden));
    } else if (name === "screen") {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.frame.root.requestFullscreen();
    }
  }

  key(event) {
    const name = event.key.toLowerCase();
    if (name === "escape") {
      if (this.link.count === 0 && this.link.focus < 0) return false;
      this.clear();
    } else if (TOOL_OF_KEY[name]) this.setTool(TOOL_OF_KEY[name]);
    else if (ACTION_OF_KEY[name]) this.act(ACTION_OF_KEY[name]);
    else return false;
    return true;
  }

  /** True for samples that a category toggle or a filter hides: they are neither hovered nor selected. */
  hides(row) {
    if (this.filtered && (this.filtered[row >> 3] >> (row & 7)) & 1) return true;
    return this.legend.hidden.size > 0 && this.legend.hidden.has(this.colours.arrays.codes[row]);
  }

  get anyHidden() {
    return this.filtered !== null || this.legend.hidden.size > 0;
  }

  selectShape(path, mode) {
    if (!this.geometry) return;
    const polygon = new Float64Array(path.length);
    for (let i = 0; i < path.length; i += 2) [polygon[i], polygon[i + 1]] = this.camera.toMap(path[i], path[i + 1]);
    const found = insidePolygon(this.xy, polygon, this.anyHidden ? (row) => this.hides(row) : null);
    this.select(combine(this.link.bits, found, mode), this.link.focus, this.gestures.tool);
  }

  click(x, y, mode) {
    const row = this.rowAt(x, y);
    if (row < 0) return;
    const found = new Uint8Array(this.link.bits.length);
    found[row >> 3] = 1 << (row & 7);
    this.select(combine(this.link.bits, found, mode), row, "click");
  }

  clear() {
    if (this.geometry) this.select(new Uint8Array(this.link.bits.length), -1, "clear");
  }

  select(bits, focus, tool) {
    const same = focus === this.link.focus && bits.every((byte, k) => byte === this.link.bits[k]);
    if (same) return;
    // Python first: its work and the drawing here then run at the same time.
    const message = this.link.change(bits, focus, tool, this.geometry.ids);
    inTurn(() => this.send("selection", message));
    this.uploadStates();
    this.showStatus();
    // Where a whole frame takes long, an even part of it shows the selection at once and leaves time for the linked views.
    if (this.painter.frameCost > SLOW_MS) this.painter.requestMoving();
    else this.painter.requestDraw();
  }

  visibilityChanged() {
    this.uploadPalette();
    this.leave();
    this.painter.requestDraw();
  }

  move(change) {
    change();
    this.leave();
    this.painter.requestMoving();
  }

  pickIndex() {
    return (this.index ??= new PickIndex(this.xy));
  }

  rowAt(x, y) {
    if (!this.geometry) return -1;
    const [mx, my] = this.camera.toMap(x, y);
    return this.pickIndex().nearest(mx, my, Math.max(7, this.look.size / 2 + 3) / this.camera.scale, (row) => !this.hides(row));
  }

  hover(x, y) {
    if (!this.geometry || this.painter.transition) return;
    this.pointer = [x, y];
    const row = this.rowAt(x, y);
    if (row !== this.hovered) {
      this.hovered = row;
      this.announce();
      this.painter.requestMarks();
    }
    if (this.gestures.tool !== "pan" && !this.gestures.space) this.frame.stage.dataset.cursor = row >= 0 ? "point" : "select";
    if (row >= 0) this.showTooltip();
    else this.tooltip.hide();
  }

  leave() {
    this.tooltip.hide();
    if (this.hovered < 0) return;
    this.hovered = -1;
    this.announce();
    this.painter.requestMarks();
  }

  announce() {
    announceHover(this.samples.universe, this.hovered < 0 ? -1 : this.samples.of(this.hovered), this);
  }

  /** The pointer is on a sample in another view: outlined here too. */
  hoverElsewhere({ universe, sample, from }) {
    const row = from !== this && universe === this.samples.universe ? this.samples.rowOf(sample) : -1;
    if (row === this.elsewhere) return;
    this.elsewhere = row;
    this.painter.requestMarks();
  }

  showTooltip() {
    const code = this.colours.arrays.codes[this.hovered];
    const columns = this.header.columns ? payload(this.header.columns) : null;
    this.tooltip.show(
      this.hovered, this.samples.of(this.hovered), this.pointer, this.describe(code), columns?.n === this.geometry.n ? columns : null,
      this.header.thumbnails ? sprites(this.header.thumbnails) : null, this.camera,
    );
  }

  describe(code) {
    const { colouring, title, labels, low, high, arrays, missing_code: missingCode, below, above } = this.colours;
    if (code === missingCode) return { title, label: "missing", rgb: MISSING };
    const rgb = arrays.palette.subarray(3 * code, 3 * code + 3);
    if (colouring === "categorical") return { title, label: labels[code], rgb };
    const edge = code === 254 && above > 0 ? "≥ " : code === 0 && below > 0 ? "≤ " : "≈ ";
    return { title, label: `${edge}${formatNumber(Number((low + (code / 254) * (high - low)).toPrecision(3)))}`, rgb };
  }

  showStatus() {
    const { count, n, focus } = this.link;
    this.frame.status.textContent = this.geometry ? `${formatCount(count)} of ${formatCount(n)} selected` : "";
    this.frame.clear.hidden = count === 0 && focus < 0;
    const { neighbours = [], map_neighbours: beside = [] } = this.header ?? {};
    if (focus >= 0 && focus === this.header?.focus && (neighbours.length || beside.length)) {
      this.frame.hint.replaceChildren(
        element("span", "", {}, [element("span", "ring near"), `${neighbours.length} nearest in feature space`]),
        element("span", "", {}, [element("span", "ring beside"), `${beside.length} nearest on the map`]),
      );
    } else this.frame.hint.textContent = HINTS[this.gestures.tool];
  }

  // ---- what the painter asks for ----

  get ready() {
    return this.geometry !== null && this.colours !== null;
  }

  get selecting() {
    return this.link.count > 0;
  }

  /** Point size in CSS pixels and opacity: Python's where given, else from density. */
  get look() {
    const automatic = automaticLook(this.geometry?.n ?? 0, this.camera);
    return { size: this.header?.size ?? automatic.size, opacity: this.header?.opacity ?? automatic.opacity };
  }

  screenOf(row) {
    return this.camera.toScreen(this.xy[2 * row], this.xy[2 * row + 1]);
  }

  /** What lies over the points, in screen coordinates. */
  get marks() {
    const { n, focus } = this.link;
    const shown = focus >= 0 && focus < n && !this.hides(focus);
    const known = shown && focus === this.header.focus; // else the neighbours are those of an older focus
    const points = (rows) => (known ? rows : []).filter((row) => row < n && !this.hides(row)).map((row) => ({
      at: this.screenOf(row),
      colour: css(this.describe(this.colours.arrays.codes[row]).rgb),
    }));
    return {
      path: this.path,
      hovered: [this.hovered, this.elsewhere].filter((row) => row >= 0 && row < n && !this.hides(row)).map((row) => this.screenOf(row)),
      focus: shown ? this.screenOf(focus) : null,
      neighbours: points(this.header.neighbours),
      mapNeighbours: points(this.header.map_neighbours),
      size: this.look.size,
    };
  }

  async save() {
    if (!this.geometry) return;
    this.leave();
    const { width, height } = this.camera;
    const blob = await makePicture({
      width, height, title: this.header.title, colours: this.colours, theme: this.painter.theme,
      entries: this.colours.colouring === "categorical" ? this.legend.entries.filter((entry) => !this.legend.hidden.has(entry.code)) : [],
      drawPoints: (scale) => this.painter.copy(scale),
    });
    download(blob, this.header.title || "map");
  }

  /** What tests and benchmarks may look at, under window.__repgeom.maps.get(key). */
  hooks() {
    const view = this;
    return {
      get drawn() { return view.painter.drawnAt; },
      get n() { return view.geometry?.n ?? 0; },
      get count() { return view.link.count; },
      get seq() { return view.link.sent; },
      get focus() { return view.link.focus; },
      get hovered() { return view.hovered >= 0 ? view.hovered : view.elsewhere; },
      get animating() { return view.painter.transition !== null; },
      get frameCost() { return view.painter.frameCost; },
      get zoom() { return view.camera.zoom; },
      get gl() { return view.painter.renderer?.gl; },
      label(row) { return view.describe(view.colours.arrays.codes[row]).label; },
      /** Position of sample i in the page, in CSS pixels. */
      at(row) {
        const box = view.frame.stage.getBoundingClientRect();
        const [x, y] = view.screenOf(row);
        return [box.left + x, box.top + y];
      },
    };
  }

  dispose() {
    this.leave();
    this.disposed = true;
    this.gestures.dispose();
    this.stopListening();
    if (this.header) debugHooks.delete(this.header.key);
    this.painter.dispose();
    this.frame.root.remove();
    this.frame.style.remove();
  }
}
