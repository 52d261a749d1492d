// What all components of one browser page share. Channels put decoded payloads here, maps and treemaps take them from here.
// It hangs on the window because channel.js, map.js and treemap.js are separate modules.

const shared = (globalThis.__repgeom ??= {
  payloads: new Map(), // digest -> { payload, owners }
  sprites: new Map(), // set -> Sprites
  listeners: new Set(),
  maps: new Map(), // key -> debug hooks of a mounted map, see README
  treemaps: new Map(), // the same of treemaps
  hover: { universe: "", sample: -1, from: null },
  hoverListeners: new Set(),
});

/** The elements of the view under the pointer, and of the one in which it was pressed last: see page_keys.js. */
export const keyOwner = (shared.keyOwner ??= { over: null, last: null });

const notify = () => {
  for (const listener of [...shared.listeners]) listener();
};

const turns = (shared.turns ??= { waiting: [], busy: false });

/**
 * Runs tasks that send something to Python one per turn of the event loop, the first at once. Streamlit puts all that is
 * sent in one turn into one message and reruns only the fragment of the first: the others' reruns would be lost.
 */
export function inTurn(task) {
  if (turns.busy) {
    turns.waiting.push(task);
    return;
  }
  turns.busy = true;
  task();
  setTimeout(() => {
    turns.busy = false;
    const next = turns.waiting.shift();
    if (next) inTurn(next);
  }, 0);
}

/** Calls `listener` whenever a payload or a sprite sheet arrives; returns the function that stops it. */
export function subscribe(listener) {
  shared.listeners.add(listener);
  return () => shared.listeners.delete(listener);
}

export const payload = (digest) => shared.payloads.get(digest)?.payload ?? null;

/** A channel holds a payload until it gets another one or is unmounted; two channels may hold the same. */
export function hold(digest, decode) {
  const entry = shared.payloads.get(digest);
  if (entry) {
    entry.owners += 1;
    return;
  }
  shared.payloads.set(digest, { payload: decode(), owners: 1 });
  notify();
}

export function release(digest) {
  const entry = shared.payloads.get(digest);
  if (entry && --entry.owners === 0) shared.payloads.delete(digest);
}

/** The sample under the pointer, in whichever view: -1 for none. `from` is the view that says so. */
export function announceHover(universe, sample, from) {
  const { hover } = shared;
  if (hover.universe === universe && hover.sample === sample) return;
  if (sample < 0 && hover.from !== from) return; // the pointer has left a view, and is already on a sample of another
  shared.hover = { universe, sample, from };
  for (const listener of [...shared.hoverListeners]) listener(shared.hover);
}

/** Calls `listener({ universe, sample, from })` whenever another sample is under the pointer; returns the function that stops it. */
export function onHover(listener) {
  shared.hoverListeners.add(listener);
  return () => shared.hoverListeners.delete(listener);
}

const PIXELS_KEPT = 96 * 2 ** 20; // 384 MiB
const SHEETS_AT_ONCE = 8;
const PATIENCE_MS = 5000;

/** The sprite sheets of one data set: those that came stay, up to PIXELS_KEPT, the least recently used goes first. */
class Sprites {
  constructor() {
    this.sheets = new Map();
    this.pixels = 0;
    this.layout = null;
    this.ask = null;
    this.asked = null; // one request at a time: { sheets: Set, since }
    this.wanted = new Set();
    this.evicted = new Map(); // sheet -> when: a picture that needs more than is kept must not load for ever
    this.planned = false;
    this.later = null;
    this.again = null;
  }

  /** The channel is here: how sheets are laid out, and how to ask for them. */
  open(layout, ask) {
    const first = !this.layout;
    this.layout = layout;
    this.ask = ask;
    if (first) notify(); // who has drawn without pictures meanwhile asks for them now
  }

  /** `{ image, x, y, w, h }` of a sample's cell, or null after asking for its sheet. */
  cell(sample) {
    if (!this.layout) return null;
    const { cells, columns, width, height } = this.layout;
    const index = Math.floor(sample / cells);
    const image = this.sheets.get(index);
    if (!image) {
      this.want(index);
      return null;
    }
    this.sheets.delete(index);
    this.sheets.set(index, image);
    const cell = sample % cells;
    return { image, x: (cell % columns) * width, y: Math.floor(cell / columns) * height, w: width, h: height };
  }

  /** All that is wanted in one go is asked for together. */
  want(index) {
    const left = (this.evicted.get(index) ?? -Infinity) + PATIENCE_MS - performance.now();
    if (left > 0) {
      this.later ??= setTimeout(() => {
        this.later = null;
        notify(); // who still waits for it asks again
      }, left);
      return;
    }
    this.wanted.add(index);
    if (this.planned) return;
    this.planned = true;
    queueMicrotask(() => {
      this.planned = false;
      this.request();
    });
  }

  request() {
    const now = performance.now();
    if (!this.ask || this.wanted.size === 0 || (this.asked && now - this.asked.since < PATIENCE_MS)) return;
    const sheets = [...this.wanted].slice(-SHEETS_AT_ONCE);
    this.wanted.clear(); // who still needs others says so again when these are drawn
    this.asked = { sheets: new Set(sheets), since: now };
    this.ask(sheets);
    clearTimeout(this.again);
    this.again = setTimeout(() => {
      if (!this.asked) return;
      this.asked = null; // lost, as may happen where Python is busy
      notify(); // who still waits asks again
    }, PATIENCE_MS);
    this.again.unref?.();
  }

  /** Images (webp) of `sheets` have arrived. */
  async add(sheets, images) {
    const arrived = await Promise.all(images.map((bytes) => createImageBitmap(new Blob([bytes], { type: "image/webp" }))));
    sheets.forEach((index, k) => {
      this.asked?.sheets.delete(index);
      if (this.sheets.has(index)) return arrived[k].close();
      this.sheets.set(index, arrived[k]);
      this.pixels += arrived[k].width * arrived[k].height;
      return undefined;
    });
    while (this.pixels > PIXELS_KEPT && this.sheets.size > SHEETS_AT_ONCE) {
      const [oldest, old] = this.sheets.entries().next().value;
      this.sheets.delete(oldest);
      this.evicted.set(oldest, performance.now());
      this.pixels -= old.width * old.height;
      old.close();
    }
    if (this.asked?.sheets.size === 0) this.asked = null;
    this.wanted.clear();
    notify();
  }
}

export function sprites(set) {
  if (!shared.sprites.has(set)) shared.sprites.set(set, new Sprites());
  return shared.sprites.get(set);
}

export const debugHooks = shared.maps;
export const treemapHooks = shared.treemaps;
