// The page follows the system's light or dark theme; the treemap reads the same properties as on the dashboard.

export const STYLE = `
:root {
  color-scheme: light dark;
  --st-background-color: #ffffff; --st-text-color: #31333f; --st-primary-color: #3a6ea5; --st-font: system-ui, sans-serif; --st-base-radius: 8px;
  --soft: color-mix(in srgb, var(--st-text-color) 62%, var(--st-background-color));
  --line: color-mix(in srgb, var(--st-text-color) 16%, var(--st-background-color));
  --faint: color-mix(in srgb, var(--st-text-color) 8%, var(--st-background-color));
}
@media (prefers-color-scheme: dark) { :root { --st-background-color: #0e1117; --st-text-color: #fafafa; --st-primary-color: #6ea8dc; } }
* { box-sizing: border-box; }
body {
  margin: 0; height: 100vh; min-height: 560px; display: flex; flex-direction: column; background: var(--st-background-color); color: var(--st-text-color);
  font: 400 13px/1.4 var(--st-font);
}
header { padding: 12px 18px 8px; display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; }
h1 { font-size: 18px; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 13px; margin: 16px 0 6px; }
h3 { font-size: 12px; margin: 10px 0 4px; color: var(--soft); font-weight: 500; }
p { margin: 0; } .soft, .note { color: var(--soft); }
.controls { flex-basis: 100%; display: flex; flex-wrap: wrap; align-items: center; gap: 6px 20px; padding-top: 6px; }
.field, .toggle, .range { display: inline-flex; align-items: center; gap: 7px; }
.field > span:first-child { color: var(--soft); }
.field input[type=range] { width: 120px; accent-color: var(--st-primary-color); }
.toggle input { accent-color: var(--st-primary-color); margin: 0; }
output { min-width: 3ch; font-variant-numeric: tabular-nums; }
select, .search { font: inherit; color: inherit; background: var(--st-background-color); border: 1px solid var(--line); border-radius: 6px; padding: 4px 7px; }
select:focus-visible, input:focus-visible, button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
main { flex: 1 1 auto; min-height: 0; display: flex; gap: 14px; padding: 4px 18px 16px; }
.canvas { flex: 1 1 auto; min-width: 0; min-height: 0; }
aside { flex: 0 0 350px; min-width: 0; overflow-y: auto; scrollbar-width: thin; padding: 2px 4px; }
@media (max-width: 860px) {
  body { height: auto; } main { flex-direction: column; } .canvas { flex: none; height: 70vh; } aside { flex: none; }
}
aside .search { width: 100%; }
.found { max-height: 240px; overflow-y: auto; }
.found .entry { display: flex; width: 100%; gap: 8px; border: 0; background: none; color: inherit; font: inherit; padding: 4px 6px; border-radius: 5px; text-align: left; cursor: pointer; }
.found .entry:hover { background: var(--faint); }
.found .label { flex: 1; min-width: 0; overflow-wrap: anywhere; } .found .count { color: var(--soft); white-space: nowrap; } .note { padding: 4px 6px; }
.details > .thumbnail { border-radius: 6px; display: block; margin-bottom: 8px; } .thumbnail { image-rendering: pixelated; }
.details .facts { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 12px; margin: 0; }
.details dt { color: var(--soft); overflow-wrap: anywhere; } .details dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.nears { display: flex; flex-wrap: wrap; gap: 4px; }
.near { padding: 0; border: 0; background: none; color: inherit; font: inherit; border-radius: 4px; cursor: pointer; line-height: 0; }
.near:not(:has(canvas)) { line-height: 1.4; padding: 2px 6px; background: var(--faint); }
.scroll { max-height: 420px; overflow: auto; margin-top: 6px; }
table.classes { border-collapse: collapse; table-layout: fixed; width: 100%; font-size: 12px; font-variant-numeric: tabular-nums; }
.classes th, .classes td { padding: 0; border-bottom: 1px solid var(--line); text-align: right; }
.classes thead th:first-child { width: 27%; } .classes thead button { white-space: nowrap; }
.classes thead th { position: sticky; top: 0; background: var(--st-background-color); }
.classes tbody th, .classes th:first-child { text-align: left; font-weight: 400; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.classes tbody th { padding: 3px 4px; }
.classes button { width: 100%; padding: 3px 2px; border: 0; background: none; color: inherit; font: inherit; text-align: inherit; cursor: pointer; border-radius: 4px; }
.classes button:hover { background: var(--faint); }
.classes thead button { color: var(--soft); font-weight: 500; }
.classes [aria-sort=descending] button, .classes [aria-sort=ascending] button { color: var(--st-text-color); border-radius: 0; }
.classes [aria-sort=descending] button { box-shadow: inset 0 -2px var(--st-primary-color); } .classes [aria-sort=ascending] button { box-shadow: inset 0 2px var(--st-primary-color); }
`;
