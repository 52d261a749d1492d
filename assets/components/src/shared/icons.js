// Toolbar icons on a 20 x 20 grid, drawn as strokes: path data only, so nothing is ever parsed as markup.

const PATHS = {
  pan: "M10 2.5v15M2.5 10h15M10 2.5 7.8 4.7M10 2.5l2.2 2.2M10 17.5l-2.2-2.2M10 17.5l2.2-2.2M2.5 10l2.2-2.2M2.5 10l2.2 2.2M17.5 10l-2.2-2.2M17.5 10l-2.2 2.2",
  lasso: "M6.2 13.6C4 12.7 2.6 11.1 2.6 9.2 2.6 5.9 6 3.3 10.2 3.3s7.4 2.6 7.4 5.7-3.3 5.6-7.5 5.6c-.9 0-1.7-.1-2.5-.3M8 14a1.7 1.7 0 1 1-3.4 0A1.7 1.7 0 0 1 8 14ZM6 15.7c.3 1-.1 1.9-1 2.3",
  box: "M3.5 6V3.5H6M14 3.5h2.5V6M16.5 14v2.5H14M6 16.5H3.5V14M9 3.5h2M9 16.5h2M3.5 9v2M16.5 9v2",
  fit: "M3.5 7V3.5H7M13 3.5h3.5V7M16.5 13v3.5H13M7 16.5H3.5V13M12.2 10a2.2 2.2 0 1 1-4.4 0 2.2 2.2 0 0 1 4.4 0Z",
  image: "M10 3v9M6.5 8.8 10 12.3l3.5-3.5M3.5 13.5v3h13v-3",
  screen: "M11.8 8.2 16.5 3.5M12.5 3.5h4v4M8.2 11.8 3.5 16.5M7.5 16.5h-4v-4",
  legend: "M4.6 5.5a.6.6 0 1 1-1.2 0 .6.6 0 0 1 1.2 0ZM4.6 10a.6.6 0 1 1-1.2 0 .6.6 0 0 1 1.2 0ZM4.6 14.5a.6.6 0 1 1-1.2 0 .6.6 0 0 1 1.2 0ZM7.5 5.5h9M7.5 10h9M7.5 14.5h9",
  back: "M12.5 4.5 7 10l5.5 5.5",
  up: "M10 16.5v-12M5 9.2 10 4.2l5 5",
  top: "M3.5 3.5h13v13h-13ZM3.5 8h13M9.5 8v8.5",
  visible: "M3.5 6.5v10h10M6.5 3.5h10v10h-10ZM8.9 8.6l2 2 3.4-4",
};
const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.appendChild(path);
  return svg;
}
