import assert from "node:assert/strict";
import { test } from "node:test";

import { automaticLook, Camera } from "../../src/map/camera.js";
import { PickIndex } from "../../src/map/pick.js";

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
