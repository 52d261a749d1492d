// Entry of the map component: Streamlit calls the default export when the element appears and whenever its data changes.

import { MapView } from "./view.js";

const views = new WeakMap(); // parentElement -> MapView

export default function map(component) {
  const { parentElement } = component;
  let view = views.get(parentElement);
  if (!view) {
    view = new MapView(parentElement);
    views.set(parentElement, view);
  }
  view.update(component);
  return () => {
    // Streamlit also calls this for a call it has overtaken, so look whether the element is really gone.
    setTimeout(() => {
      if (parentElement.isConnected) return;
      if (views.get(parentElement) === view) views.delete(parentElement);
      if (!view.disposed) view.dispose();
    }, 0);
  };
}
