/** An element with a class, attributes and text; text is always set as text, never as markup. */
export function element(tag, className = "", { text = null, ...attributes } = {}, children = []) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== null) node.textContent = text;
  node.append(...children);
  return node;
}
