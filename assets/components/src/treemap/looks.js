// Colours of boxes and frames on the page's ground.

import { MISSING } from "../shared/colour.js";

const linear = (v) => (v <= 10.31475 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4);
const lightness = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

export const READABLE = 4.5; // WCAG's least contrast of small writing
const INKS = [[27, 36, 48], [255, 255, 255], [0, 0, 0]]; // what the first two cannot be read on, black can

export function contrast(one, other) {
  const [low, high] = [lightness(one), lightness(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** The colour `[r, g, b]` of writing on `rgb`, readable on any: dark or white, on some middle greys black; as figures.palette.ink. */
export const ink = (rgb) => INKS.find((colour) => contrast(colour, rgb) >= READABLE);

/** `text`, taken back towards the colour `on` under it as far as it stays readable, to `share` at most. */
export function quiet(text, on, share) {
  for (let much = share; much < 1; much += 0.02) {
    const colour = mix(text, on, much);
    if (contrast(colour, on) >= READABLE) return colour;
  }
  return contrast(text, on) >= READABLE ? text : ink(on);
}

export const mix = (a, b, share) => a.map((v, k) => Math.round(v * share + b[k] * (1 - share)));
export const css = ([r, g, b], alpha = 1) => (alpha === 1 ? `rgb(${r}, ${g}, ${b})` : `rgba(${r}, ${g}, ${b}, ${alpha})`);

/** Colours of the treemap's parts; `colours` is the payload of node colours, or null. */
export class Looks {
  constructor(theme, colours) {
    this.theme = theme;
    this.colours = colours;
    this.ground = theme.ground.map((v) => Math.round(255 * v));
    this.text = theme.textCss.match(/\d+/g).map(Number);
    this.known = new Map();
    this.waiting = css(this.text, 0.07);
    this.wrong = "#d55e00"; // figures.palette.WRONG
    this.line = css(mix(this.text, this.ground, 0.22));
    this.frames = [0.035, 0.065, 0.095, 0.125].map((share) => {
      const rgb = mix(this.text, this.ground, share);
      return { strip: css(rgb), ink: css(quiet(this.text, rgb, 0.66)) };
    });
  }

  /** `[r, g, b]` of a node's value; MISSING where it has none; null where nothing colours the boxes. */
  rgb(node) {
    if (!this.colours) return null;
    const { arrays, missing_code: missing } = this.colours;
    const code = arrays.codes[node];
    return code === missing ? MISSING : [...arrays.palette.subarray(3 * code, 3 * code + 3)];
  }

  box(node) {
    let look = this.known.get(node);
    if (!look) {
      const rgb = this.rgb(node) ?? mix(this.text, this.ground, 0.16);
      const body = mix(rgb, this.ground, this.theme.dark ? 0.3 : 0.26);
      look = { strip: css(rgb), ink: css(ink(rgb)), quiet: css(quiet(ink(rgb), rgb, 0.82)), body: css(body) };
      this.known.set(node, look);
    }
    return look;
  }

  frame(depth) {
    return this.frames[depth % this.frames.length];
  }
}
