// What Streamlit calls: when the element appears and whenever its data changes.

/** A component's default export: one `View(parentElement)` for each element, told what comes by `update`, and `dispose`d when it has gone. */
export function mounts(View) {
  const views = new WeakMap(); // parentElement -> view
  return function mount(component) {
    const { parentElement } = component;
    let view = views.get(parentElement);
    if (!view) {
      view = new View(parentElement);
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
  };
}
