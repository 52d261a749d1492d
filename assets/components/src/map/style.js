import { BASE } from "../shared/style.js";

export const STYLE = `${BASE}
.map {
  --near: #d55e00;
  --beside: #0086c9;
  display: grid;
  grid-template: "head head" 44px "stage legend" minmax(0, 1fr) "foot foot" 30px / minmax(0, 1fr) auto;
}
.stage canvas.points, .stage canvas.marks { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.stage canvas.marks { pointer-events: none; }
.stage[data-cursor="pan"] { cursor: grab; }
.stage[data-cursor="panning"] { cursor: grabbing; }
.stage[data-cursor="select"] { cursor: crosshair; }
.stage[data-cursor="point"] { cursor: pointer; }
.hint { margin-left: auto; overflow: hidden; text-overflow: ellipsis; display: flex; gap: 14px; }
.ring { display: inline-block; width: 9px; height: 9px; border-radius: 50%; border: 1.5px solid currentColor; margin-right: 6px; vertical-align: -.5px; }
.ring.near { color: var(--near); } .ring.beside { color: var(--beside); }
`;
