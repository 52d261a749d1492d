import { BASE } from "../shared/style.js";

export const STYLE = `${BASE}
.treemap { display: grid; grid-template: "head" 44px "stage" minmax(0, 1fr) "line" auto "foot" 30px / minmax(0, 1fr); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.treemap .head { padding-left: 8px; }
.treemap .title { flex: 0 1 auto; max-width: 34cqw; padding: 0 8px; color: var(--soft); font-weight: 400; font-size: 12.5px; }
@container (max-width: 760px) { .treemap .title { display: none; } }
.tool { flex: none; }
.tool:disabled { opacity: .35; cursor: default; background: none; color: var(--soft); }
.crumbs { flex: 1 1 auto; min-width: 0; display: flex; align-items: center; gap: 1px; overflow: hidden; white-space: nowrap; }
.crumb { display: inline-flex; align-items: baseline; gap: 6px; min-width: 2.5em; flex: 0 1 auto; padding: 4px 7px; border: 0; border-radius: 6px; background: none; color: var(--soft); font: inherit; cursor: pointer; overflow: hidden; }
.crumb:first-child, .crumb.gap { flex: none; min-width: 0; }
button.crumb:hover { background: var(--faint); color: var(--text); }
.crumb.here { flex: none; max-width: 40cqw; color: var(--text); font-weight: 600; cursor: default; }
.crumb .label { flex: 0 1 auto; }
.crumb .count { font-weight: 400; }
.crumb-rule { color: var(--soft); opacity: .7; flex: none; }
.stage > canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.stage > canvas.marks { pointer-events: none; }
.reader { position: absolute; inset: 0; outline: none; overflow: hidden; touch-action: manipulation; cursor: default; }
.reader:focus-visible:not([data-pointer]) { box-shadow: inset 0 0 0 2px var(--accent); }
.reader[data-cursor="zoom"] { cursor: zoom-in; }
.reader[data-cursor="out"] { cursor: zoom-out; }
.reader[data-cursor="point"] { cursor: pointer; }
.reader > div { position: absolute; pointer-events: none; color: transparent; overflow: hidden; font-size: 1px; }
.line { grid-area: line; display: flex; align-items: center; gap: 16px; min-height: 32px; padding: 3px 14px; border-top: 1px solid var(--line); font-size: 12px; color: var(--soft); min-width: 0; white-space: nowrap; overflow: hidden; }
.treemap .legend { width: auto; max-width: none; border: 0; padding: 0; flex: 1 1 auto; flex-direction: row; align-items: center; gap: 12px; min-width: 0; }
.treemap .legend-title { font-size: 12px; color: var(--text); min-width: 3em; flex: 0 1 auto; padding: 0; }
.treemap .ramp-box { align-items: center; height: auto; min-height: 0; gap: 7px; flex: none; font-variant-numeric: tabular-nums; }
.treemap .ramp { width: clamp(80px, 18cqw, 200px); height: 10px; border-radius: 3px; display: block; }
.treemap .entry { width: auto; flex: none; padding: 0; gap: 6px; font-size: 12px; }
.treemap .entry .label { max-width: 14ch; }
.treemap .entry .swatch { border-radius: 3px; }
.shown { flex: none; max-width: 60cqw; overflow: hidden; text-overflow: ellipsis; font-variant-numeric: tabular-nums; }
.treemap .hint { margin-left: auto; overflow: hidden; text-overflow: ellipsis; }
`;
