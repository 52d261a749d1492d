// Whose keys are those that are pressed while the focus is on no control of the page: the view's under the pointer; where it is over none,
// Escape is that view's in which the pointer was pressed last. So no key is answered twice.

import { keyOwner as owner } from "./store.js";

// What lies over the page and closes at Escape: popovers, open lists, menus, dialogs.
const OVERLAYS = '[data-baseweb="popover"], [role="listbox"], [role="menu"], [role="dialog"]';

/**
 * `onKey(event)` hears the page's keys that are `root`'s, before all others. With `first`, Escape is its own until the pointer has been
 * pressed in another view.
 */
export function listenOnPage(root, onKey, signal, first = false) {
  if (first) owner.last ??= root;
  root.addEventListener("pointerenter", () => (owner.over = root), { signal });
  root.addEventListener("pointerleave", () => {
    if (owner.over === root) owner.over = null;
  }, { signal });
  root.addEventListener("pointerdown", () => (owner.last = root), { signal, capture: true });
  // Before all others: a popover that closes at this very key must still be found.
  window.addEventListener("keydown", (event) => {
    if (isFor(root, event.key)) onKey(event);
  }, { signal, capture: true });
  signal.addEventListener("abort", () => {
    for (const name of ["over", "last"]) if (owner[name] === root) owner[name] = null;
  });
}

function isFor(root, key) {
  const own = owner.over ? owner.over === root : key === "Escape" && owner.last === root;
  if (!own) return false;
  const host = root.getRootNode().host ?? root;
  const focus = document.activeElement ?? document.body;
  // The page has the focus, or a part of it that holds us; if we have it, the key comes to us anyway.
  if (focus === host || !focus.contains(host)) return false;
  return [...document.querySelectorAll(OVERLAYS)].every((overlay) => overlay.contains(host));
}
