// Everything drawn over the points: the lasso or box in the making, the hovered sample, the focus and its neighbours.

function ring(context, [x, y], radius, colour, width = 2, ground = null) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  if (ground) {
    context.lineWidth = width + 2.5;
    context.strokeStyle = ground;
    context.stroke();
  }
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}

/** A neighbour in its own colour, ringed: a selection has greyed it out. */
function neighbour(context, { at, colour }, size, radius, ringColour) {
  context.beginPath();
  context.arc(...at, Math.max(2.2, size / 2), 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  ring(context, at, radius, ringColour, 1.6);
}

/** `marks`: { path, hovered, focus, neighbours, mapNeighbours, size }, points already in screen coordinates, hovered a list of them, neighbours as { at, colour }. */
export function drawMarks(context, marks, theme) {
  const { path, hovered, focus, neighbours, mapNeighbours, size } = marks;
  const radius = Math.max(4, size / 2 + 2.5);
  if (focus) {
    context.globalAlpha = 0.55;
    context.lineWidth = 1;
    context.strokeStyle = theme.near;
    context.beginPath();
    for (const { at: [x, y] } of neighbours) {
      context.moveTo(...focus);
      context.lineTo(x, y);
    }
    context.stroke();
    context.globalAlpha = 1;
    for (const point of mapNeighbours) neighbour(context, point, size, radius + 2.5, theme.beside);
    for (const point of neighbours) neighbour(context, point, size, radius, theme.near);
    ring(context, focus, radius + 3, theme.textCss, 2.2, theme.groundCss);
  }
  for (const point of hovered) ring(context, point, radius, theme.textCss, 1.6, theme.groundCss);
  if (path && path.length > 2) {
    context.beginPath();
    context.moveTo(path[0], path[1]);
    for (let i = 2; i < path.length; i += 2) context.lineTo(path[i], path[i + 1]);
    context.closePath();
    context.globalAlpha = 0.09;
    context.fillStyle = theme.accentCss;
    context.fill("evenodd");
    context.globalAlpha = 1;
    context.lineWidth = 1.4;
    context.setLineDash([5, 3]);
    context.strokeStyle = theme.accentCss;
    context.stroke();
    context.setLineDash([]);
  }
}
