// The treemap's elements: breadcrumb and toolbar, stage with its two canvases, legend, status line.

import { element } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { STYLE } from "./style.js";

const ACTIONS = {
  up: { title: "Up", key: "Escape" },
  top: { title: "To the root", key: "Home" },
  visible: { title: "Select all that is shown", key: "Ctrl A" },
  image: { title: "Save as PNG" },
  screen: { title: "Full screen", key: "F" },
};

function button(name, { title, key }) {
  const label = key ? `${title} (${key})` : title;
  return element("button", "tool", { type: "button", title: label, "aria-label": label, "data-name": name }, [icon(name)]);
}

/** Builds the frame into `parent`; `onAction(name)` answers buttons. */
export function buildFrame(parent, parts, onAction) {
  const back = button("back", { title: "Back", key: "Alt ←" });
  back.addEventListener("click", () => onAction("back"));
  const actions = Object.fromEntries(Object.entries(ACTIONS).map(([name, spec]) => [name, button(name, spec)]));
  for (const [name, node] of Object.entries(actions)) node.addEventListener("click", () => onAction(name));
  const title = element("div", "title");
  const head = element("div", "head", {}, [
    back, parts.crumbs, title,
    element("div", "tools", { role: "toolbar", "aria-label": "Treemap tools" }, [
      actions.up, actions.top, actions.visible, element("span", "rule"), actions.image, actions.screen,
    ]),
  ]);
  const boxes = element("canvas", "boxes", { role: "img", "aria-label": "Treemap" });
  const marks = element("canvas", "marks", { "aria-hidden": "true" });
  const message = element("div", "message", { role: "alert" }, [element("span")]);
  message.hidden = true;
  const stage = element("div", "stage", {}, [boxes, marks, parts.reader, parts.tooltip, message]);
  const shown = element("span", "shown");
  const line = element("div", "line", {}, [parts.legend, shown]);
  const status = element("span", "status", { role: "status", "aria-live": "polite" });
  const clear = element("button", "link", { type: "button", text: "Clear", title: "Clear the selection" });
  clear.addEventListener("click", () => onAction("clear"));
  const hint = element("span", "hint");
  const live = element("div", "unseen", { "aria-live": "polite" });
  const root = element("div", "view treemap", {}, [head, stage, line, element("div", "foot", {}, [status, clear, hint]), live]);
  const style = element("style", "", { text: STYLE });
  parent.append(style, root);
  return { root, style, stage, boxes, marks, message, title, back, actions, shown, status, clear, hint, live };
}

export function say(frame, text) {
  frame.message.hidden = !text;
  frame.message.firstChild.textContent = text;
}
