// What the page was written with: its settings, packed messages (deflated, base64) and sprite sheets (base64), all in script elements.

import { hold, sprites } from "../shared/store.js";
import { unpack } from "../shared/wire.js";

const AHEAD = 16;

function bytesOf(base64) {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export const readPage = () => JSON.parse(document.getElementById("page").textContent);

/** Puts all payloads into the store. */
export async function readPayloads() {
  const scripts = [...document.querySelectorAll("script.payload")];
  const messages = await Promise.all(scripts.map((script) => inflate(bytesOf(script.textContent))));
  messages.forEach((message, i) => hold(scripts[i].dataset.digest, () => unpack(message)));
  for (const script of scripts) script.remove();
}

/** Lets the views find the thumbnails: sheets are decoded when they are asked for, the first ones at once. */
export function offerSheets(layout) {
  if (!layout) return null;
  const scripts = [...document.querySelectorAll("script.sheet")];
  const set = sprites(layout.set);
  set.open(layout, (sheets) => set.add(sheets, sheets.map((sheet) => bytesOf(scripts[sheet].textContent))));
  scripts.slice(0, AHEAD).forEach((_, sheet) => set.want(sheet));
  return set;
}
