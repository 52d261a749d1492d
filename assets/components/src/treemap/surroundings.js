// Everything beside the canvas that says where we are: breadcrumb, legend, status line, buttons, and what a screen reader finds.

import { formatCount } from "../shared/wire.js";
import { ancestors } from "./tree.js";
import { samples, spoken } from "./words.js";

export class Surroundings {
  constructor(view) {
    this.view = view;
    this.said = undefined; // the root of which the screen reader has been told
  }

  show() {
    const { scene, told, data } = this.view;
    const nodes = scene.boxes.map(({ node }) => node);
    this.view.crumbs.show([...ancestors(data.tree, scene.root), scene.root].map((node) => this.step(node)));
    this.showLegend(nodes);
    this.showLine();
    const here = spoken(told.spoken(scene.root), 1, 1);
    this.showReader(here, nodes);
    if (this.said !== undefined && this.said !== scene.root) this.view.frame.live.textContent = `Now ${here}, ${scene.shown} clusters shown`;
    this.said = scene.root;
  }

  step(node) {
    const { told, data: { tree } } = this.view;
    const { name: known, counted } = told.of(node);
    const name = node === tree.root ? "All" : known ?? "Cluster";
    return { node, label: name, count: counted, full: `${name}, ${samples(tree.count[node])}` };
  }

  showLegend(nodes) {
    const { legend, data } = this.view;
    const key = [data.nodes.digest, data.nodes.colouring === "categorical" ? nodes.join() : nodes.length].join();
    if (key !== this.legendKey) legend.show(data.nodes, nodes);
    this.legendKey = key;
  }

  showLine() {
    const { scene, frame, link, trail, data } = this.view;
    const few = scene.shown < scene.asked;
    const shown = few
      ? `${scene.shown} of ${scene.asked} clusters asked for: ${scene.reason}`
      : `${scene.shown} ${scene.shown === 1 ? "cluster" : "clusters"}`;
    const widened = scene.widened ? `${few ? "; " : ", "}${scene.widened} drawn larger than ${scene.widened === 1 ? "its" : "their"} share` : "";
    frame.shown.textContent = `${shown}${widened}`;
    frame.shown.title = frame.shown.textContent;
    const hidden = data.hidden?.total ?? 0;
    frame.status.textContent = `${formatCount(link.count)} of ${formatCount(link.n)} selected${hidden ? ` · ${formatCount(hidden)} filtered out` : ""}`;
    frame.clear.hidden = link.count === 0 && link.focus < 0;
    frame.back.disabled = trail.visited.length === 0;
    frame.actions.up.disabled = frame.actions.top.disabled = scene.root === data.tree.root;
  }

  showReader(here, nodes) {
    const { scene, told, frame, header, keyboard } = this.view;
    const label = `Treemap${header.title ? ` of ${header.title}` : ""}: ${here}, ${scene.shown} clusters shown`;
    frame.boxes.setAttribute("aria-label", label);
    this.view.reader.show(
      `${label}. Arrows move, Enter zooms in, Escape goes up, S selects.`,
      scene.boxes.map(({ node, rect }, k) => ({
        node, rect, text: spoken(told.spoken(node), k + 1, nodes.length), selected: told.of(node).share === 1,
      })),
      keyboard.focused ? keyboard.node : -1,
    );
  }
}
