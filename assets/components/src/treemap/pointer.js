// What the pointer is on, here or in another view, and what its clicks do.

import { announceHover } from "../shared/store.js";
import { hit } from "./scene.js";

export class Pointer {
  constructor(view) {
    this.view = view;
    this.under = null; // what it is on, see hit()
    this.elsewhere = -1; // leaf under the pointer in another view
    this.at = [0, 0];
  }

  /** What lies at a point; null while nothing rests there. */
  found(x, y) {
    const { scene, painter } = this.view;
    return scene && !painter.motion ? hit(scene, x, y) : null;
  }

  click(x, y, mode) {
    const { view } = this;
    const found = this.found(x, y);
    if (!found) return;
    const { node } = found.box ?? found.frame;
    if (mode !== "plain") view.selectNode(node, mode === "add");
    else if (found.check) view.toggleNode(node);
    else if (found.slot) view.look(found.slot.leaf);
    else if (node === view.scene.root) view.up();
    else view.zoom(node);
  }

  /** A double click on a sample zooms to its box; its first click has shown the sample. */
  double(x, y) {
    const found = this.found(x, y);
    if (found?.slot) this.view.zoom(found.box.node);
  }

  hover(x, y) {
    const { view } = this;
    if (!view.scene || view.painter.motion) return;
    this.at = [x, y];
    const found = this.found(x, y);
    const same = ["slot", "box", "frame", "check"].every((part) => found?.[part] === this.under?.[part]);
    this.under = found;
    view.reader.root.dataset.cursor = this.cursor;
    if (!same) {
      view.painter.requestMarks();
      this.announce(found?.slot?.leaf ?? -1);
    }
    this.showTooltip();
  }

  get cursor() {
    const { under, view } = this;
    if (!under) return "";
    if (under.check || under.slot) return "point";
    return (under.box ?? under.frame).node === view.scene.root ? "out" : "zoom";
  }

  leave() {
    this.view.tooltip.hide();
    if (!this.under) return;
    this.under = null;
    this.announce(-1);
    this.view.painter.requestMarks();
  }

  /** Another scene: nothing is under the pointer until it moves. */
  forget() {
    this.under = null;
    this.view.tooltip.hide();
  }

  announce(leaf) {
    const { samples } = this.view.data;
    announceHover(samples.universe, leaf < 0 ? -1 : samples.of(leaf), this.view);
  }

  /** A sample is under the pointer in another view: outlined here, too. */
  hoverElsewhere({ universe, sample, from }) {
    const { samples, tree } = this.view.data;
    const leaf = from === this.view || universe !== samples.universe || !tree ? -1 : samples.rowOf(sample);
    const known = leaf >= 0 && leaf < tree.n ? leaf : -1;
    if (known === this.elsewhere) return;
    this.elsewhere = known;
    this.view.painter.requestMarks();
  }

  showTooltip() {
    const { under, at, view } = this;
    const { tooltip, leaves, painter, data } = view;
    const bounds = { width: painter.width, height: painter.height };
    if (under?.slot) {
      const { leaf } = under.slot;
      tooltip.show(leaf, data.samples.of(leaf), at, leaves.described(leaf), data.parts.columns, leaves.sprites, bounds);
    } else if (under) {
      const { node } = under.box ?? under.frame;
      const { heading, pairs } = view.told.told(node);
      if (under.check) pairs.push(["click", view.told.of(node).share === 1 ? "takes it out of the selection" : "selects it"]);
      tooltip.tell(heading, pairs, at, bounds);
    } else tooltip.hide();
  }
}
