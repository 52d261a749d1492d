import assert from "node:assert/strict";
import { test } from "node:test";

import { neighbourBox } from "../../src/treemap/arrows.js";
import { fitted, wrapped } from "../../src/shared/lettering.js";
import { contrast, ink, Looks } from "../../src/treemap/looks.js";
import { checkOf, hit, sceneOf, stripOf } from "../../src/treemap/scene.js";
import { Shares, withRange } from "../../src/treemap/shares.js";
import { Trail } from "../../src/treemap/trail.js";
import { members, treeOf } from "../../src/treemap/tree.js";
import { ease, transition } from "../../src/treemap/tween.js";
import { ordinal, percent, spoken } from "../../src/treemap/words.js";

/** A random tree of n leaves with rising heights. */
function randomTree(n, seed) {
  let state = seed;
  const next = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32);
  const free = Array.from({ length: n }, (_, i) => i);
  const left = [], right = [], height = [];
  for (let i = 0; i < n - 1; i++) {
    const take = () => free.splice(Math.floor(next() * free.length), 1)[0];
    left.push(take());
    right.push(take());
    height.push(i + next());
    free.push(n + i);
  }
  return treeOf(left, right, height);
}

const view = (tree, changed = {}) => ({ root: tree.root, k: 20, mode: "height", thumb: 28, kind: "image", rank: null, flagged: null, hidden: null, ...changed });
const some = (n, seed) => Uint8Array.from({ length: (n + 7) >> 3 }, (_, i) => (i * 37 + seed) & 255);

test("the share of every node is what counting its leaves gives", () => {
  const tree = randomTree(333, 5);
  const shares = new Shares(some(333, 3), tree.order);
  for (let node = 0; node <= tree.root; node++) {
    const counted = Array.from(members(tree, node)).filter((leaf) => shares.has(leaf)).length;
    assert.equal(shares.within(tree.start[node], tree.count[node]), counted);
  }
});

test("a node's samples are switched on and off, filtered ones stay as they are", () => {
  const tree = randomTree(50, 2);
  const node = tree.left[48];
  const none = new Uint8Array(7);
  const on = withRange(none, tree.order, tree.start[node], tree.count[node], true, (leaf) => leaf % 2 === 0);
  const shares = new Shares(on, tree.order);
  assert.equal(shares.total, Array.from(members(tree, node)).filter((leaf) => leaf % 2).length);
  assert.deepEqual(withRange(on, tree.order, 0, 50, false), none);
});

test("samples lie in their box below its strip, do not overlap, and belong to it", () => {
  for (const kind of ["image", "cell", "text", "line"]) {
    const tree = randomTree(700, 9);
    const scene = sceneOf(tree, view(tree, { kind }), 1100, 520);
    assert.equal(scene.boxes.length, scene.shown);
    for (const { node, rect, strip, slots } of scene.boxes) {
      const own = new Set(members(tree, node));
      slots.forEach((slot, k) => {
        assert.ok(own.has(slot.leaf));
        assert.ok(slot.x >= rect.x && slot.y >= rect.y + strip - 1e-9 && slot.x + slot.width <= rect.x + rect.width + 1e-9 && slot.y + slot.height <= rect.y + rect.height + 1e-9);
        for (const other of slots.slice(k + 1)) {
          assert.ok(slot.x + slot.width <= other.x + 1e-9 || other.x + other.width <= slot.x + 1e-9 || slot.y + slot.height <= other.y + 1e-9 || other.y + other.height <= slot.y + 1e-9);
        }
      });
    }
  }
});

test("hidden samples get no slot", () => {
  const tree = randomTree(400, 4);
  const hidden = new Shares(some(400, 1), tree.order);
  const { slots } = sceneOf(tree, view(tree, { hidden }), 900, 500);
  assert.ok(slots.length > 0 && slots.every(({ leaf }) => !hidden.has(leaf)));
});

test("a point in a slot finds it, a point in a strip its box, and the check button lies in the strip", () => {
  const tree = randomTree(300, 6);
  const scene = sceneOf(tree, view(tree, { k: 6 }), 1000, 600);
  for (const box of scene.boxes) {
    for (const slot of box.slots) assert.equal(hit(scene, slot.x + 3, slot.y + 3).slot, slot);
    if (!box.strip) continue;
    const above = hit(scene, box.rect.x + 4, box.rect.y + 4);
    assert.deepEqual([above.box, above.slot, above.check], [box, null, false]);
    const button = checkOf(box);
    if (button) assert.equal(hit(scene, button.x + 6, button.y + 6).check, true);
  }
  assert.equal(hit(scene, 1, 1).frame.node, tree.root);
  assert.equal(hit(scene, -1, 5), null);
});

test("a strip leaves room for a thumbnail", () => {
  for (let height = 15; height < 90; height++) assert.ok(stripOf(80, height, 28) === 0 || height - stripOf(80, height, 28) >= 0.85 * 28);
});

test("arrows lead to the box beside, and not beyond the border", () => {
  const boxes = [[0, 0, 50, 100], [50, 0, 50, 50], [50, 50, 50, 50]].map(([x, y, width, height]) => ({ x, y, width, height }));
  assert.equal(neighbourBox(boxes, 1, "ArrowDown"), 2);
  assert.equal(neighbourBox(boxes, 2, "ArrowLeft"), 0);
  assert.equal(neighbourBox(boxes, 1, "ArrowRight"), -1);
  assert.equal(neighbourBox(boxes, 0, "ArrowUp"), -1);
});

test("every box can be reached by arrows from every other", () => {
  const tree = randomTree(500, 12);
  const boxes = sceneOf(tree, view(tree, { k: 40 }), 1200, 560).boxes.map(({ rect }) => rect);
  const seen = new Set([0]);
  const waiting = [0];
  while (waiting.length) {
    const here = waiting.pop();
    for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
      const next = neighbourBox(boxes, here, key);
      if (next >= 0 && !seen.has(next)) waiting.push(next), seen.add(next);
    }
  }
  assert.ok(seen.size >= 0.9 * boxes.length, `${seen.size} of ${boxes.length}`);
});

test("a zoom starts where the boxes are and ends where they will be", () => {
  const before = new Map([[9, { x: 0, y: 0, width: 100, height: 60 }], [4, { x: 10, y: 10, width: 20, height: 40 }], [5, { x: 50, y: 10, width: 20, height: 40 }]]);
  const after = new Map([[4, { x: 0, y: 0, width: 100, height: 60 }], [1, { x: 0, y: 0, width: 50, height: 60 }]]);
  const { leaving, coming } = transition(before, after, { from: before.get(4), to: after.get(4) });
  assert.deepEqual(coming.get(4), [before.get(4), after.get(4)]);
  assert.deepEqual(coming.get(1)[0], { x: 10, y: 10, width: 10, height: 40 });
  assert.deepEqual(leaving.get(4)[1], after.get(4));
  assert.equal(leaving.get(5)[1].x, 200);
  assert.deepEqual([ease(0), ease(0.5), ease(1)], [0, 0.5, 1]);
});

test("up leads to the nearest ancestor on the way, else to the parent", () => {
  const tree = randomTree(64, 8);
  const child = tree.left[62] >= 64 ? tree.left[62] : tree.right[62];
  const trail = new Trail();
  trail.reset(tree.root);
  assert.equal(trail.above(tree), -1);
  const deep = tree.parent[tree.order[tree.start[child]]];
  trail.go(deep);
  assert.equal(trail.above(tree), tree.root);
  assert.equal(trail.back(), tree.root);
  trail.reset(deep);
  assert.equal(trail.above(tree), tree.parent[deep]);
});

test("texts are shortened to their room, and wrapped in lines", () => {
  const context = { font: "10px", measureText: (text) => ({ width: 6 * text.length }) };
  assert.equal(fitted(context, "automobile", 100), "automobile");
  assert.equal(fitted(context, "automobile", 36), "autom…");
  assert.equal(fitted(context, "automobile", 9), "");
  assert.deepEqual(wrapped(context, "the quick brown fox", 60, 2), ["the quick", "brown fox"]);
  assert.deepEqual(wrapped(context, "the quick brown fox jumps", 60, 2), ["the quick", "brown fox…"]);
  assert.deepEqual(wrapped(context, "", 60, 2), []);
  assert.deepEqual(wrapped(context, "automobile", 36, 3), ["automo", "bile"]);
  assert.deepEqual(wrapped(context, "a automobile", 36, 2), ["a", "autom…"]);
  assert.deepEqual(wrapped(context, "automobile", 36, 1), ["autom…"]);
});

test("what a screen reader says is a sentence about the cluster", () => {
  const facts = { count: 523, hidden: 0, label: "cat", purity: 0.61, accuracy: 0.82, value: "", selected: 0 };
  assert.equal(spoken(facts, 3, 20), "cluster of 523 samples, mostly cat (61 %), accuracy 82 %, 3rd of 20");
  assert.equal(spoken({ ...facts, count: 1, purity: null, accuracy: null }, 1, 1), "one sample, cat");
  assert.deepEqual([1, 2, 3, 11, 22].map(ordinal), ["1st", "2nd", "3rd", "11th", "22nd"]);
  assert.deepEqual([0, 0.001, 0.5, 0.999, 1].map(percent), ["0 %", "< 1 %", "50 %", "> 99 %", "100 %"]);
});

test("writing is dark on light and light on dark boxes", () => {
  assert.deepEqual(ink([253, 231, 37]), [27, 36, 48]);
  assert.deepEqual(ink([68, 1, 84]), [255, 255, 255]);
});

test("all writing on any strip has a contrast of 4.5, in the light and in the dark theme", () => {
  assert.ok(Math.abs(contrast([0, 0, 0], [255, 255, 255]) - 21) < 1e-9);
  const [counted, missing] = [1000, 255];
  const palette = Uint8Array.from({ length: 3 * counted }, (_, i) => [(i / 3) * 7.3, (i / 30) * 25.5, (i / 300) * 28][i % 3] % 256);
  for (let grey = 0; grey < 256; grey++) palette.fill(grey, 3 * grey, 3 * grey + 3);
  const codes = Uint16Array.from({ length: counted }, (_, node) => node);
  const rgb = (said) => said.match(/\d+/g).map(Number);
  for (const [dark, text, ground] of [[false, "rgb(27, 36, 48)", 1], [true, "rgb(227, 232, 239)", 0.07]]) {
    const looks = new Looks({ dark, textCss: text, ground: [ground, ground, ground] }, { arrays: { codes, palette }, missing_code: missing });
    const ways = Array.from(codes, (node) => looks.box(node)).concat(looks.frames.map(({ strip, ink: words }) => ({ strip, ink: words, quiet: words })));
    for (const { strip, ink: words, quiet } of ways) {
      for (const colour of [words, quiet]) assert.ok(contrast(rgb(colour), rgb(strip)) >= 4.5, `${colour} on ${strip}`);
    }
  }
});
