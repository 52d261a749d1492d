// Drawing at most once per frame of the screen.

/** `request()` runs `task` at the next frame, once however often it is asked for until then; `cancel()` forgets it. */
export function oncePerFrame(task) {
  let asked = null;
  return {
    request() {
      asked ??= requestAnimationFrame(() => {
        asked = null;
        task();
      });
    },
    cancel() {
      cancelAnimationFrame(asked ?? 0);
      asked = null;
    },
  };
}
