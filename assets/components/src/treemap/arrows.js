// Which box an arrow key leads to: the nearest one that lies that way.

const centre = ({ x, y, width, height }) => [x + width / 2, y + height / 2];

/** Length that two boxes share along the axis across the direction; negative: the gap between them. */
function overlap(a, b, horizontal) {
  return horizontal
    ? Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
    : Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
}

/** Index of the box reached from box `from` by "ArrowLeft", "ArrowRight", "ArrowUp" or "ArrowDown", or -1 at the border. */
export function neighbourBox(boxes, from, key) {
  const here = boxes[from];
  const [cx, cy] = centre(here);
  const horizontal = key === "ArrowLeft" || key === "ArrowRight";
  const sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
  let best = -1;
  let cost = Infinity;
  boxes.forEach((box, k) => {
    if (k === from) return;
    const [bx, by] = centre(box);
    const edge = horizontal
      ? sign > 0 ? box.x - (here.x + here.width) : here.x - (box.x + box.width)
      : sign > 0 ? box.y - (here.y + here.height) : here.y - (box.y + box.height);
    if (edge < -1) return; // it lies beside or behind
    const across = Math.abs(horizontal ? by - cy : bx - cx);
    const shared = overlap(here, box, horizontal);
    const total = edge + 0.3 * across + (shared > 0 ? 0 : 400 - shared);
    if (total < cost) [best, cost] = [k, total];
  });
  return best;
}
