import assert from "node:assert/strict";
import { test } from "node:test";

import { SelectionLink } from "../../src/shared/selection.js";
import { base64FromBits, bitsFromBase64, countBits, formatNumber } from "../../src/shared/wire.js";

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

test("numbers are shown short and exactly where they are whole", () => {
  assert.deepEqual([0.123456, 1e-7, -2, 12345678, NaN, 3.5e9].map((v) => formatNumber(v)), ["0.1235", "1.00e−7", "−2", "1.23e+7", "–", "3.50e+9"]);
  assert.equal(formatNumber(1099511627776, true), "1099511627776");
});
