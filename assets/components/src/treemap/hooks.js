// What tests and benchmarks may look at, under window.__repgeom.treemaps.get(key).

import { checkOf } from "./scene.js";

export function hooksOf(view) {
  const onPage = ({ x, y, width, height }) => {
    const stage = view.frame.stage.getBoundingClientRect();
    return [stage.left + x, stage.top + y, width, height];
  };
  return {
    get drawn() { return view.painter.drawnAt; },
    get complete() { return view.painter.completeAt; },
    get n() { return view.data.tree?.n ?? 0; },
    get count() { return view.link.count; },
    get seq() { return view.link.sent; },
    get focus() { return view.link.focus; },
    get root() { return view.trail.root; },
    get shown() { return view.scene?.boxes.map(({ node }) => node) ?? []; },
    get animating() { return view.painter.motion !== null; },
    get waiting() { return view.painter.waiting; },
    get hovered() { return view.pointer.elsewhere >= 0 ? view.pointer.elsewhere : view.pointer.under?.slot?.leaf ?? -1; },
    get keyed() { return view.keyboard.node; },
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
