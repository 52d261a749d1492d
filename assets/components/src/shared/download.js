// Files for the hand: what is made here and saved by the browser.

import { element } from "./dom.js";

/** Saves a PNG blob under a title made fit for a file's name. */
export function download(blob, title) {
  const name = title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 80);
  const link = element("a", "", { href: URL.createObjectURL(blob), download: `${name || "picture"}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
