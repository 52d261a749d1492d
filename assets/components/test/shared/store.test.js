import assert from "node:assert/strict";
import { test } from "node:test";

import { Samples } from "../../src/shared/samples.js";
import { TreemapLink } from "../../src/shared/selection.js";
import { announceHover, onHover, sprites, subscribe } from "../../src/shared/store.js";

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
const SHEET = 1024;

/** Sheets of 100 cells that come whenever they are asked for; `asked` lists what was asked for together. */
function sheets(name, side = SHEET) {
  globalThis.createImageBitmap = async () => ({ width: side, height: side, close() {} });
  const set = sprites(name);
  set.layout = { cells: 100, columns: 10, width: 32, height: 24 };
  const asked = [];
  set.ask = (wanted) => asked.push(wanted);
  return { set, asked, come: (wanted) => set.add(wanted, wanted.map(() => new Uint8Array(0))) };
}

test("all sheets that a picture needs are asked for together, at most eight at a time", async () => {
  const { set, asked, come } = sheets("together");
  for (let sample = 0; sample < 1000; sample++) assert.equal(set.cell(sample), null);
  await turn();
  assert.deepEqual(asked.map((wanted) => wanted.length), [8]);
  for (let sample = 0; sample < 1000; sample++) set.cell(sample); // not again while they are on their way
  await turn();
  assert.equal(asked.length, 1);
  await come(asked[0]);
  for (let sample = 0; sample < 1000; sample++) set.cell(sample);
  await turn();
  assert.deepEqual(asked[1], [0, 1]);
  await come(asked[1]);
  const { x, y, w, h } = set.cell(312);
  assert.deepEqual([x, y, w, h], [2 * 32, 24, 32, 24]);
});

test("who still waits after a request was lost asks again, and nobody does when all have come", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { set, asked, come } = sheets("lost");
  const stop = subscribe(() => set.cell(5));
  set.cell(5);
  await Promise.resolve();
  t.mock.timers.tick(5000);
  await Promise.resolve();
  assert.deepEqual(asked, [[0], [0]]);
  await come(asked[1]);
  t.mock.timers.tick(5000);
  await Promise.resolve();
  assert.equal(asked.length, 2);
  stop();
});

test("a picture that needs more sheets than are kept does not load for ever", async () => {
  const { set, asked, come } = sheets("large", 4096);
  for (let round = 0; round < 12; round++) {
    for (let sheet = 0; sheet < 20; sheet++) set.cell(100 * sheet);
    await turn();
    if (asked.length > round) await come(asked[round]);
  }
  assert.ok(asked.length <= 3, `asked ${asked.length} times`);
});

test("the sample under the pointer is told once, and taken back only by who said it", () => {
  const heard = [];
  const stop = onHover(({ sample }) => heard.push(sample));
  announceHover("bundle", 7, "map");
  announceHover("bundle", 7, "map");
  announceHover("bundle", 9, "treemap"); // the pointer went from one to the other
  announceHover("bundle", -1, "map");
  announceHover("bundle", -1, "treemap");
  stop();
  announceHover("bundle", 3, "map");
  assert.deepEqual(heard, [7, 9, -1]);
});

test("rows and samples name each other", () => {
  const some = new Samples("bundle", Uint32Array.of(4, 9, 7));
  assert.deepEqual([some.of(1), some.rowOf(9), some.rowOf(5), some.rowOf(-1)], [9, 1, -1, -1]);
  const all = new Samples("bundle");
  assert.deepEqual([all.of(3), all.rowOf(3)], [3, 3]);
});

test("a root that Python sends is older than a zoom on its way, and newer once Python has heard of it", () => {
  const link = new TreemapLink();
  link.reset(8);
  const header = { selection: "", focus: -1, root: 14, ack: 0 };
  assert.deepEqual(link.receive(header), { selection: false, focus: false, root: true });
  assert.deepEqual(link.zoom(11, "tree"), { node: 11, tree: "tree", seq: 1 });
  assert.equal(link.look(3, "ids").seq, 2);
  link.receive({ ...header, ack: 1 });
  assert.deepEqual([link.root, link.focus], [11, 3]);
  assert.deepEqual(link.receive({ ...header, root: 12, focus: 3, ack: 2 }), { selection: false, focus: false, root: true });
  assert.equal(link.root, 12);
});
