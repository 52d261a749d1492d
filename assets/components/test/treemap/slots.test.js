import assert from "node:assert/strict";
import { test } from "node:test";

import { fromCentre } from "../../src/treemap/centre.js";
import { corner, filling, grid, spread } from "../../src/treemap/slots.js";

test("members are taken at even distances over the whole box, all where all fit", () => {
  assert.deepEqual(spread(10, 4), [1, 3, 6, 8]);
  assert.deepEqual(spread(3, 8), [0, 1, 2]);
  assert.deepEqual(spread(5, 0), []);
  const members = Int32Array.from([7, 3, 9, 1, 0]);
  assert.deepEqual(filling(members, 2), [3, 1]);
  assert.deepEqual(filling(members, 8), [7, 3, 9, 1, 0]);
});

test("most central first: lowest rank, unknown last, ties in dendrogram order", () => {
  const rank = Float32Array.from([2, 1, 0, NaN, 0, 0, 0, 1, 0, 5]);
  assert.deepEqual(filling(Int32Array.from([7, 3, 9, 1, 0]), 4, { rank }), [7, 1, 0, 9]);
});

test("errors first, the rest of the slots spread over the others", () => {
  const flagged = [0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
  assert.deepEqual(filling(Int32Array.from([7, 3, 9, 1, 0]), 4, { flagged }), [9, 1, 7, 0]);
  assert.deepEqual(filling(Int32Array.from([7, 3, 9, 1, 0]), 1, { flagged }), [1]);
});

test("cells lie in their box and do not overlap", () => {
  const cells = grid(217, 95, 32);
  assert.deepEqual([cells.columns, cells.rows], [7, 3]);
  for (let slot = 0; slot < 21; slot++) {
    const [x, y] = corner(cells, slot, 217, 95);
    assert.ok(x >= 0 && y >= 0 && x + cells.side <= 217 && y + cells.side <= 95);
    if (slot % 7) assert.ok(x >= corner(cells, slot - 1, 217, 95)[0] + cells.side - 1e-9);
  }
  assert.equal(grid(20, 200, 32).columns, 0);
});

test("one picture fills its box up to four times the side asked", () => {
  assert.deepEqual(grid(100, 90, 28, 1), { columns: 1, rows: 1, side: 90 });
  assert.deepEqual(grid(400, 300, 28, 1), { columns: 1, rows: 1, side: 112 });
  assert.deepEqual(grid(400, 300, 28, 5), { columns: 3, rows: 2, side: 112 });
  assert.deepEqual(grid(200, 100, 28, 8), { columns: 4, rows: 2, side: 50 });
  assert.deepEqual(grid(200, 100, 28, 1000), grid(200, 100, 28));
});

test("samples nearest to the mean of their own box come first, what lies outside of the directions counts as it is", () => {
  const vectors = { m: 1, arrays: { levels: Uint8Array.of(10, 0, 20, 0, 18, 0, 200, 0, 16, 9) } }; // [along, outside] of five leaves
  const rank = new Float64Array(5);
  const members = Int32Array.of(4, 0, 1, 2);
  fromCentre(members, vectors, rank);
  assert.deepEqual(Array.from(rank), [36, 16, 4, 0, 81]);
  assert.deepEqual(filling(members, 4, { rank }), [2, 1, 0, 4]);
});
