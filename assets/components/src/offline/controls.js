// Inputs with their labels; each calls `onChange(value)`.

import { element } from "../shared/dom.js";

export const field = (name, input) => element("label", "field", {}, [element("span", "", { text: name }), input]);

export function range(min, max, value, onChange) {
  const input = element("input", "", { type: "range", min, max, value });
  const number = element("output", "", { text: String(value) });
  input.addEventListener("input", () => {
    number.textContent = input.value;
    onChange(Number(input.value));
  });
  return element("span", "range", {}, [input, number]);
}

export function select(options, value, onChange) {
  const input = element("select", "", {}, options.map(([of, text]) => element("option", "", { value: of, text })));
  input.value = value;
  input.addEventListener("change", () => onChange(input.value));
  return input;
}

export function toggle(name, onChange) {
  const input = element("input", "", { type: "checkbox" });
  input.addEventListener("change", () => onChange(input.checked));
  return element("label", "toggle", {}, [input, name]);
}
