// Colours as [r, g, b] of 0..255.

export const css = ([r, g, b]) => `rgb(${r}, ${g}, ${b})`;
export const MISSING = [145, 149, 156];
