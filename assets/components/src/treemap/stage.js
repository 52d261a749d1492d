// From state to picture: lays out anew what needs it, and has painted what has changed.

import { sprites } from "../shared/store.js";
import { Composition } from "./composition.js";
import { Facts } from "./facts.js";
import { Leaves } from "./leaves.js";
import { sceneOf } from "./scene.js";

export class Stage {
  constructor(view) {
    this.view = view;
    this.reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
    this.forget();
  }

  /** Another tree is to come. */
  forget() {
    this.scene = null;
    this.layoutKey = null;
    this.composedFrom = undefined;
  }

  /** Brings the picture up to date. `before`: the root until now. */
  refresh(forced, before) {
    const { header, data: { tree, nodes, parts, hiddenFrom }, link, trail, painter } = this.view;
    this.gather();
    const order = this.order;
    const cutKey = [tree.digest, trail.root, header.k, header.mode].join();
    const layoutKey = [cutKey, header.thumb, header.order, order?.digest, this.leaves.kind, hiddenFrom, painter.width, painter.height].join();
    // A payload's digest is its content.
    const lookKey = JSON.stringify([
      layoutKey, painter.themeKey, painter.ratio, nodes.digest, header.thumbnails, header.outline_errors, header.focus_errors,
      ...["labels", "colours", "errors", "sparks"].map((name) => parts[name]?.digest), header.text && parts.columns?.digest,
      link.received,
    ]);
    if (layoutKey !== this.layoutKey) this.layOut(cutKey, before);
    else if (lookKey !== this.lookKey || forced) painter.repaint();
    else painter.requestMarks();
    Object.assign(this, { layoutKey, cutKey, lookKey });
  }

  /** What is drawn and said of leaves and nodes, as the state is now. */
  gather() {
    const { header, data, link } = this.view;
    const { tree, nodes, parts, selected, hidden } = data;
    this.leaves = new Leaves(
      { ...parts, sprites: header.thumbnails ? sprites(header.thumbnails) : null, samples: data.samples, text: header.text },
      { selected: link.count > 0 ? selected : null, hidden },
      { outlineErrors: header.outline_errors, focusErrors: header.focus_errors },
    );
    if (this.composedFrom !== parts.colours || this.composedOf !== parts.labels) {
      [this.composedFrom, this.composedOf] = [parts.colours, parts.labels];
      this.composition = Composition.fits(parts.colours, parts.labels) ? new Composition(tree, parts.colours) : null;
    }
    this.told = new Facts(tree, { labels: parts.labels, nodes, composition: this.composition, selected, hidden });
  }

  /** The payload that says which samples a box shows first; null: taken evenly. */
  get order() {
    const { header, data: { parts } } = this.view;
    if (header.order === "central") return parts.ranks ?? parts.vectors;
    return header.order === "errors" ? parts.errors : null;
  }

  layOut(cutKey, before) {
    const { header, data, painter, keyboard, pointer, trail: { root } } = this.view;
    const old = this.scene;
    const { order } = this;
    const first = {
      rank: order?.kind === "ranks" ? order.arrays.ranks : null,
      vectors: order?.kind === "vectors" ? order : null,
      flagged: order?.kind === "flags" ? data.wrong : null,
    };
    this.scene = sceneOf(
      data.tree, { root, k: header.k, mode: header.mode, thumb: header.thumb, kind: this.leaves.kind, hidden: data.hidden, ...first },
      painter.width, painter.height,
    );
    pointer.forget();
    if (!this.scene.places.has(keyboard.node)) keyboard.node = -1;
    // Only another cut of the same canvas moves; a new size or order is there at once.
    const moves = old && old.width === painter.width && old.height === painter.height && cutKey !== this.cutKey && !this.reducedMotion.matches;
    painter.show(moves ? old : null, moves ? this.anchor(old, before, root) : null);
  }

  /** The node that a change of root zooms to or from: where it was, and where it will be. */
  anchor(old, before, root) {
    const { tree } = this.view.data;
    const full = { x: 0, y: 0, width: this.scene.width, height: this.scene.height };
    const place = (scene, node) => {
      for (let at = node; at >= 0; at = tree.parent[at]) if (scene.places.has(at)) return scene.places.get(at);
      return full;
    };
    if (tree.count[root] < tree.count[before]) return { from: place(old, root), to: full };
    return { from: full, to: place(this.scene, before) };
  }
}
