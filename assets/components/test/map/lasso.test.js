import assert from "node:assert/strict";
import { test } from "node:test";

import { combine, contains, insidePolygon } from "../../src/map/lasso.js";

function random(seed) {
  let state = seed;
  return () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32);
}

const bit = (bits, i) => (bits[i >> 3] >> (i & 7)) & 1;

function points(n, seed) {
  const next = random(seed);
  return Float32Array.from({ length: 2 * n }, () => 2 * next() - 1);
}

test("the cells give what the crossing test gives, for crossing and for convex outlines", () => {
  const xy = points(20000, 1);
  for (let seed = 2; seed < 12; seed++) {
    const next = random(seed);
    const corners = 3 + (seed % 7) * 9;
    const polygon = Float64Array.from({ length: 2 * corners }, () => 1.6 * next() - 0.8);
    const bits = insidePolygon(xy, polygon);
    for (let i = 0; i < 20000; i++) assert.equal(bit(bits, i) === 1, contains(polygon, xy[2 * i], xy[2 * i + 1]), `seed ${seed}, point ${i}`);
  }
});

test("a needle, a box and an outline far outside are exact too", () => {
  const xy = points(5000, 3);
  const outlines = [
    [-0.9, -0.9, 0.9, 0.9, 0.9, 0.8999999],
    [-0.5, -0.5, 0.5, -0.5, 0.5, 0.5, -0.5, 0.5],
    [-900, -900, 900, -900, 900, 900, -900, 900],
    [5, 5, 6, 5, 6, 6],
  ];
  for (const polygon of outlines) {
    const bits = insidePolygon(xy, Float64Array.from(polygon));
    for (let i = 0; i < 5000; i++) assert.equal(bit(bits, i) === 1, contains(polygon, xy[2 * i], xy[2 * i + 1]));
  }
});

test("an outline without area holds nothing", () => {
  const bits = insidePolygon(points(100, 4), Float64Array.from([0, 0, 1, 0, 0.5, 0]));
  assert.ok(bits.every((byte) => byte === 0));
});

test("hidden samples are skipped", () => {
  const bits = insidePolygon(points(64, 5), Float64Array.from([-2, -2, 2, -2, 2, 2, -2, 2]), (i) => i % 2 === 0);
  assert.deepEqual([...bits], Array(8).fill(0b10101010));
});

test("shift adds, alt removes, otherwise the new selection replaces", () => {
  const current = Uint8Array.of(0b1100);
  const found = Uint8Array.of(0b0110);
  assert.deepEqual([...combine(current, found, "add")], [0b1110]);
  assert.deepEqual([...combine(current, found, "remove")], [0b1000]);
  assert.deepEqual([...combine(current, found, "replace")], [0b0110]);
  assert.deepEqual([...current], [0b1100]);
});
