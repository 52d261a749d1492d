// Text on the canvas: shortened to its room, measured once.

const widths = new Map(); // font and text -> width

export function widthOf(context, text) {
  const key = `${context.font}|${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > 20_000) widths.clear();
    width = context.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}

/** The text, or its beginning with an ellipsis, or "" where not even two letters have room. */
export function fitted(context, text, room) {
  if (widthOf(context, text) <= room) return text;
  const length = lettersWithin(context, text, room, "…");
  return length >= 2 ? `${text.slice(0, length).trimEnd()}…` : "";
}

/** How many of the text's first letters have room, with `end` behind them. */
function lettersWithin(context, text, room, end = "") {
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widthOf(context, text.slice(0, middle) + end) <= room) low = middle;
    else high = middle - 1;
  }
  return /[\uDC00-\uDFFF]/u.test(text[low] ?? "") ? low - 1 : low; // no half of a letter
}

/** A word that is longer than a line (many languages write without spaces) in parts that are not. */
function broken(context, word, room) {
  const parts = [];
  while (widthOf(context, word) > room) {
    const length = lettersWithin(context, word, room);
    if (length < 2) break;
    parts.push(word.slice(0, length));
    word = word.slice(length);
  }
  return [...parts, word];
}

/** Lines of at most `room` wide, at most `most` of them; the last one ends in an ellipsis where text is left. */
export function wrapped(context, text, room, most) {
  const lines = [];
  const words = text.split(/\s+/u).filter(Boolean).flatMap((word) => broken(context, word, room));
  let line = "";
  for (let k = 0; k < words.length; k++) {
    const longer = line ? `${line} ${words[k]}` : words[k];
    if (widthOf(context, longer) <= room) {
      line = longer;
      continue;
    }
    if (lines.length === most - 1) {
      lines.push(fitted(context, `${longer} ${words.slice(k + 1).join(" ")}`.trim(), room));
      return lines;
    }
    if (line) lines.push(line);
    line = words[k];
    if (widthOf(context, line) > room) {
      lines.push(fitted(context, line, room));
      line = "";
    }
    if (lines.length === most) return lines;
  }
  if (line) lines.push(line);
  return lines;
}
