// All colours come from Streamlit's theme, which components see as CSS custom properties. These rules hold for all of them.

export const BASE = `
:host { display: block; }
.view {
  --text: var(--st-text-color, #31333f);
  --ground: var(--st-background-color, #ffffff);
  --soft: color-mix(in srgb, var(--text) 58%, var(--ground));
  --faint: color-mix(in srgb, var(--text) 10%, var(--ground));
  --line: color-mix(in srgb, var(--text) 14%, var(--ground));
  --accent: var(--st-primary-color, #3a6ea5);
  position: relative; container-type: inline-size; box-sizing: border-box; overflow: hidden;
  border: 1px solid var(--line); border-radius: var(--st-base-radius, 8px);
  background: var(--ground); color: var(--text);
  font: 400 13px/1.4 var(--st-font, system-ui, sans-serif); -webkit-font-smoothing: antialiased;
}
.view:fullscreen { border: 0; border-radius: 0; height: 100vh !important; }
.view *, .view *::before { box-sizing: border-box; }
.view [hidden] { display: none !important; }
.head { grid-area: head; display: flex; align-items: center; gap: 4px; padding: 0 8px 0 14px; border-bottom: 1px solid var(--line); min-width: 0; }
.title { flex: 1 1 auto; min-width: 0; font-weight: 600; font-size: 14px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.tools { display: flex; align-items: center; gap: 1px; flex: none; }
.rule { width: 1px; height: 18px; margin: 0 5px; background: var(--line); flex: none; }
.tool { width: 30px; height: 30px; padding: 0; border: 0; border-radius: 6px; background: none; color: var(--soft); cursor: pointer; display: grid; place-items: center; transition: background .12s, color .12s; }
.tool svg { width: 18px; height: 18px; fill: none; stroke: currentColor; stroke-width: 1.4; stroke-linecap: round; stroke-linejoin: round; }
.tool:hover { background: var(--faint); color: var(--text); }
.tool[aria-pressed="true"] { background: color-mix(in srgb, var(--accent) 15%, var(--ground)); color: var(--accent); }
.view button:focus-visible, .view input:focus-visible, .stage:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
.stage { grid-area: stage; position: relative; min-width: 0; min-height: 0; overflow: hidden; touch-action: none; user-select: none; -webkit-user-select: none; outline: none; }
.message { position: absolute; inset: 0; display: grid; place-items: center; padding: 24px; text-align: center; color: var(--soft); background: var(--ground); }
.message > span { max-width: 46ch; }
.legend { grid-area: legend; width: clamp(128px, 22cqw, 196px); max-width: 40cqw; border-left: 1px solid var(--line); padding: 12px 6px 8px 12px; min-height: 0; overflow: hidden; display: flex; flex-direction: column; gap: 8px; }
.legend-title { font-weight: 600; font-size: 12.5px; padding-right: 6px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; flex: none; }
.search { width: calc(100% - 6px); padding: 5px 8px; border: 1px solid var(--line); border-radius: 6px; background: none; color: inherit; font: inherit; font-size: 12px; flex: none; }
.search::placeholder { color: var(--soft); opacity: .8; }
.entries { overflow-y: auto; min-height: 0; margin-left: -6px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.search + .entries { padding-bottom: 16px; mask-image: linear-gradient(#000 calc(100% - 22px), transparent); }
.entry { display: flex; align-items: center; gap: 8px; width: 100%; padding: 3px 8px 3px 6px; border: 0; border-radius: 5px; background: none; color: inherit; font: inherit; font-size: 12.5px; text-align: left; cursor: pointer; }
.entry:hover { background: var(--faint); }
.entry.static { cursor: default; background: none; padding-left: 0; }
.entry.off { opacity: .38; }
.entry.off .swatch { background: none !important; box-shadow: inset 0 0 0 1.5px var(--soft); }
.swatch { width: 10px; height: 10px; border-radius: 50%; flex: none; display: inline-block; }
.label { flex: 1 1 auto; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.count { color: var(--soft); font-variant-numeric: tabular-nums; font-size: 11.5px; }
.note { padding: 6px; color: var(--soft); font-size: 12px; }
.link { border: 0; padding: 4px 6px; background: none; color: var(--accent); font: inherit; font-size: 12px; cursor: pointer; border-radius: 4px; }
.link:hover { text-decoration: underline; }
.ramp-box { display: flex; gap: 9px; height: min(220px, 60%); flex: 0 1 auto; min-height: 90px; }
.ramp { width: 14px; height: 100%; border-radius: 4px; }
.ticks { display: flex; flex-direction: column; justify-content: space-between; font-size: 12px; font-variant-numeric: tabular-nums; color: var(--soft); }
.foot { grid-area: foot; display: flex; align-items: center; gap: 6px; padding: 0 14px; border-top: 1px solid var(--line); font-size: 12px; color: var(--soft); min-width: 0; white-space: nowrap; overflow: hidden; }
.status { font-variant-numeric: tabular-nums; color: var(--text); }
.tooltip { position: absolute; left: 0; top: 0; z-index: 3; pointer-events: none; display: flex; gap: 10px; max-width: 340px; padding: 9px 11px; border-radius: 8px; border: 1px solid var(--line); background: color-mix(in srgb, var(--ground) 96%, transparent); box-shadow: 0 4px 16px rgba(0, 0, 0, .13); font-size: 12px; }
.thumbnail { flex: none; border-radius: 4px; image-rendering: pixelated; align-self: flex-start; }
.thumbnail.waiting { width: 88px; height: 88px; background: var(--faint); }
.words { min-width: 0; }
.heading { font-weight: 600; overflow-wrap: anywhere; margin-bottom: 3px; }
.facts { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 1px 10px; margin: 0; }
.facts dt { color: var(--soft); max-width: 110px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.facts dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.facts .swatch { margin-right: 6px; width: 8px; height: 8px; }
@media (prefers-reduced-motion: reduce) { .tool { transition: none; } }
`;
