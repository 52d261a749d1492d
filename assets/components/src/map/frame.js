// The map's elements: toolbar, stage with its two canvases, legend, status line.

import { element } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { STYLE } from "./style.js";

const TOOLS = {
  lasso: { title: "Lasso", key: "l" },
  box: { title: "Box", key: "b" },
  pan: { title: "Pan", key: "p" },
};
const ACTIONS = {
  fit: { title: "Show everything", key: "z" },
  image: { title: "Save as PNG", key: null },
  screen: { title: "Full screen", key: "f" },
  legend: { title: "Show or hide the legend", key: null },
};
export const ACTION_OF_KEY = Object.fromEntries(Object.entries(ACTIONS).filter(([, a]) => a.key).map(([name, a]) => [a.key, name]));
export const TOOL_OF_KEY = Object.fromEntries(Object.entries(TOOLS).map(([name, t]) => [t.key, name]));

function button(name, { title, key }) {
  const label = key ? `${title} (${key.toUpperCase()})` : title;
  const node = element("button", "tool", { type: "button", title: label, "aria-label": label, "data-name": name }, [icon(name)]);
  return node;
}

/** Builds the frame into `parent`; `onTool(name)` and `onAction(name)` answer the toolbar. */
export function buildFrame(parent, legend, tooltip, onTool, onAction) {
  const tools = Object.fromEntries(Object.entries(TOOLS).map(([name, spec]) => [name, button(name, spec)]));
  const actions = Object.fromEntries(Object.entries(ACTIONS).map(([name, spec]) => [name, button(name, spec)]));
  for (const [name, node] of Object.entries(tools)) node.addEventListener("click", () => onTool(name));
  for (const [name, node] of Object.entries(actions)) node.addEventListener("click", () => onAction(name));
  const title = element("div", "title");
  const head = element("div", "head", {}, [
    title,
    element("div", "tools", { role: "toolbar", "aria-label": "Map tools" }, [
      ...Object.values(tools), element("span", "rule"), ...Object.values(actions),
    ]),
  ]);
  const points = element("canvas", "points");
  const marks = element("canvas", "marks");
  const message = element("div", "message", { role: "alert" }, [element("span")]);
  message.hidden = true;
  const stage = element("div", "stage", { tabindex: "0", role: "application", "aria-label": "Map of samples. L lasso, B box, P pan, Z show everything, F full screen, Escape clears the selection." }, [points, marks, tooltip, message]);
  const status = element("span", "status", { role: "status", "aria-live": "polite" });
  const clear = element("button", "link", { type: "button", text: "Clear", title: "Clear the selection (Escape)" });
  clear.addEventListener("click", () => onAction("clear"));
  const hint = element("span", "hint");
  const root = element("div", "view map", {}, [head, stage, legend, element("div", "foot", {}, [status, clear, hint])]);
  const style = element("style", "", { text: STYLE });
  parent.append(style, root);
  return { root, style, stage, points, marks, message, title, tools, actions, status, clear, hint };
}

export function say(frame, text) {
  frame.message.hidden = !text;
  frame.message.firstChild.textContent = text;
}
