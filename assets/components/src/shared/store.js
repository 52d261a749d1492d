// What all channels and maps of one browser page share. Channels put decoded payloads here, maps take them from here.
// It hangs on the window because channel.js and map.js are separate modules.

const shared = (globalThis.__repgeom ??= {
  payloads: new Map(), // digest -> { payload, owners }
  sprites: new Map(), // set -> Sprites
  listeners: new Set(),
  maps: new Map(), // key -> debug hooks of a mounted map, see README
});

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

const SHEETS_KEPT = 64;
const PATIENCE_MS = 5000;

/** The sprite sheets of one data set: those that came stay, up to SHEETS_KEPT, the least recently used goes first. */
class Sprites {
  constructor() {
    this.sheets = new Map();
    this.layout = null;
    this.ask = null;
    this.waiting = null; // one request at a time: { sheet, since }
    this.wanted = -1;
  }

  /** `{ image, x, y, w, h }` of a sample's cell, or null after asking for the sheet. */
  cell(row) {
    if (!this.layout) return null;
    const { cells, columns, width, height } = this.layout;
    const index = Math.floor(row / cells);
    const image = this.sheets.get(index);
    if (!image) {
      this.request(index);
      return null;
    }
    this.sheets.delete(index);
    this.sheets.set(index, image);
    const cell = row % cells;
    return { image, x: (cell % columns) * width, y: Math.floor(cell / columns) * height, w: width, h: height };
  }

  request(index) {
    this.wanted = index;
    const now = performance.now();
    if (!this.ask || (this.waiting && now - this.waiting.since < PATIENCE_MS)) return;
    this.waiting = { sheet: index, since: now };
    this.ask(index);
  }

  async add(index, bytes) {
    const image = await createImageBitmap(new Blob([bytes], { type: "image/webp" }));
    this.sheets.set(index, image);
    if (this.sheets.size > SHEETS_KEPT) {
      const [oldest, old] = this.sheets.entries().next().value;
      this.sheets.delete(oldest);
      old.close();
    }
    if (this.waiting?.sheet === index) this.waiting = null;
    if (this.wanted !== index && this.wanted >= 0 && !this.sheets.has(this.wanted)) this.request(this.wanted);
    notify();
  }
}

export function sprites(set) {
  if (!shared.sprites.has(set)) shared.sprites.set(set, new Sprites());
  return shared.sprites.get(set);
}

export const debugHooks = shared.maps;
