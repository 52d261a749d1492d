import assert from "node:assert/strict";
import { test } from "node:test";

import { automaticLook, Camera } from "../src/camera.js";
import { PickIndex } from "../src/pick.js";
import { SelectionLink } from "../src/selection.js";
import { base64FromBits, bitsFromBase64, countBits, formatNumber } from "../src/wire.js";

const python = (rows, ack, focus = -1) => {
  const bits = new Uint8Array(2);
  for (const row of rows) bits[row >> 3] |= 1 << (row & 7);
  return { selection: rows.length ? base64FromBits(bits) : "", focus, ack };
};

function link() {
  const made = new SelectionLink();
  made.reset(16);
  return made;
}

test("an echo older than the newest change by hand is ignored", () => {
  const state = link();
  state.change(Uint8Array.of(1, 0), -1, "lasso", "ids");
  state.change(Uint8Array.of(7, 0), -1, "lasso", "ids");
  assert.equal(state.receive(python([0], 1)), false);
  assert.equal(state.count, 3);
  assert.equal(state.receive(python([0, 1, 2], 2)), false); // heard: nothing changes
  assert.equal(state.count, 3);
});

test("what Python says after it has heard everything wins, an empty selection too", () => {
  const state = link();
  state.change(Uint8Array.of(7, 0), 1, "click", "ids");
  assert.equal(state.receive(python([9], 1, 9)), true);
  assert.deepEqual([state.count, state.focus], [1, 9]);
  assert.equal(state.receive(python([], 1)), true);
  assert.deepEqual([state.count, state.focus], [0, -1]);
});

test("a remounted map continues the numbers that Python remembers", () => {
  const state = link();
  state.receive(python([1], 7));
  assert.equal(state.change(Uint8Array.of(0, 0), -1, "clear", "ids").seq, 8);
});

test("bits survive the way through base64 and are counted", () => {
  const bits = Uint8Array.from({ length: 20001 }, (_, i) => (i * 37) & 255);
  assert.deepEqual(bitsFromBase64(base64FromBits(bits), 8 * bits.length), bits);
  let count = 0;
  for (const byte of bits) count += byte.toString(2).replaceAll("0", "").length;
  assert.equal(countBits(bits), count);
});

test("zooming keeps what lies under the pointer, and screen and map are inverse", () => {
  const camera = new Camera();
  Object.assign(camera, { width: 800, height: 500, extent: [1, 0.7] });
  const before = camera.toMap(123, 77);
  camera.zoomAbout(7, 123, 77);
  camera.toMap(123, 77).forEach((value, k) => assert.ok(Math.abs(value - before[k]) < 1e-12));
  camera.toScreen(...before).forEach((value, k) => assert.ok(Math.abs(value - [123, 77][k]) < 1e-9));
});

test("more points are drawn smaller and fainter, zooming in undoes it", () => {
  const camera = new Camera();
  Object.assign(camera, { width: 900, height: 560 });
  const [few, many, most] = [1e3, 1e5, 1e6].map((n) => automaticLook(n, camera));
  assert.ok(few.size > many.size && many.size >= most.size);
  assert.ok(few.opacity > many.opacity && many.opacity > most.opacity);
  camera.zoom = 30;
  assert.ok(automaticLook(1e6, camera).opacity > most.opacity);
});

test("the nearest sample is found as by looking at all", () => {
  let state = 9;
  const next = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1);
  const xy = Float32Array.from({ length: 6000 }, next);
  const index = new PickIndex(xy);
  for (let k = 0; k < 300; k++) {
    const [x, y, radius] = [next(), next(), 0.03];
    let best = -1;
    let distance = radius;
    for (let i = 0; i < 3000; i++) {
      if (i % 3 === 0) continue; // hidden
      const d = Math.hypot(xy[2 * i] - x, xy[2 * i + 1] - y);
      if (d <= distance) [best, distance] = [i, d];
    }
    assert.equal(index.nearest(x, y, radius, (i) => i % 3 !== 0), best);
  }
});

test("numbers are shown short and exactly where they are whole", () => {
  assert.deepEqual([0.123456, 1e-7, -2, 12345678, NaN, 3.5e9].map((v) => formatNumber(v)), ["0.1235", "1.00e−7", "−2", "1.23e+7", "–", "3.50e+9"]);
  assert.equal(formatNumber(1099511627776, true), "1099511627776");
});
