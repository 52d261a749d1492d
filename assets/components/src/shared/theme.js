// The theme's colours as numbers, for WebGL and the 2D canvas.

const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

function rgb(colour) {
  probe.fillStyle = "#808080";
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  return [...probe.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
}

export function readTheme(element) {
  const style = getComputedStyle(element);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const ground = rgb(read("--st-background-color", "#ffffff"));
  const dark = 0.299 * ground[0] + 0.587 * ground[1] + 0.114 * ground[2] < 128;
  return {
    dark,
    ground: ground.map((v) => v / 255),
    groundCss: `rgb(${ground.join(", ")})`,
    textCss: `rgb(${rgb(read("--st-text-color", "#31333f")).join(", ")})`,
    accentCss: `rgb(${rgb(read("--st-primary-color", "#3a6ea5")).join(", ")})`,
    font: read("--st-font", "system-ui, sans-serif"),
    // Unselected samples: visible as context, never mistaken for a class.
    grey: dark ? [0.42, 0.44, 0.49, 0.55] : [0.72, 0.73, 0.76, 0.6],
    near: "#d55e00",
    beside: "#0086c9",
  };
}
