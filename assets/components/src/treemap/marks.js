// What lies over the picture: hovered and focused box, hovered, focused and similar samples, the check button.

const HALO = 2;

function outline(context, { x, y, width, height }, colour, line, ground, out = 0) {
  const at = [x - out, y - out, width + 2 * out, height + 2 * out];
  if (ground) {
    context.lineWidth = line + HALO;
    context.strokeStyle = ground;
    context.strokeRect(...at);
  }
  context.lineWidth = line;
  context.strokeStyle = colour;
  context.strokeRect(...at);
}

function check(context, { x, y, size, on, hot, ground }, theme) {
  // The strip's last words give way.
  context.fillStyle = ground;
  context.fillRect(x - 30, y - 1, 29 + size, size + 2);
  context.beginPath();
  context.roundRect(x, y, size, size, 3);
  context.fillStyle = on ? theme.accentCss : theme.groundCss;
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = on || hot ? theme.accentCss : theme.textCss;
  context.stroke();
  if (!on && !hot) return;
  context.beginPath();
  context.moveTo(x + size * 0.25, y + size * 0.52);
  context.lineTo(x + size * 0.43, y + size * 0.7);
  context.lineTo(x + size * 0.76, y + size * 0.3);
  context.lineWidth = 1.6;
  context.lineCap = "round";
  context.strokeStyle = on ? "#ffffff" : theme.accentCss;
  context.stroke();
}

/** `marks`: { box, key, chosen, check, slot, focus, similar, elsewhere, within }: rectangles in CSS px, lists of them, or null. */
export function drawMarks(context, marks, theme) {
  context.lineJoin = "round";
  for (const rect of marks.chosen) outline(context, rect, theme.accentCss, 2, null, -1);
  if (marks.box) outline(context, marks.box, theme.textCss, 1.5, null, -0.75);
  if (marks.key) outline(context, marks.key, theme.accentCss, 2.5, theme.groundCss, -2);
  for (const rect of marks.similar) outline(context, rect, theme.near, 2.2, theme.groundCss, 1);
  if (marks.focus) outline(context, marks.focus, theme.textCss, 2.6, theme.groundCss, 1.5);
  if (marks.within) {
    context.setLineDash([5, 3]);
    outline(context, marks.within, theme.textCss, 2, null, -1);
    context.setLineDash([]);
  }
  if (marks.elsewhere) {
    const { x, y, width, height } = marks.elsewhere;
    const radius = Math.max(width, height) / 2 + 4;
    for (const [line, colour] of [[5, theme.groundCss], [2.2, theme.textCss]]) {
      context.beginPath();
      context.arc(x + width / 2, y + height / 2, radius, 0, 2 * Math.PI);
      context.lineWidth = line;
      context.strokeStyle = colour;
      context.stroke();
    }
  }
  if (marks.slot) outline(context, marks.slot, theme.textCss, 2, theme.groundCss, 1);
  if (marks.check) check(context, marks.check, theme);
}
