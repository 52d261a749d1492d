// A curve from 0 to 1 over the whole tile; where a value is missing it is interrupted.
const curve = (values) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "-4 -6 108 112");
  svg.setAttribute("preserveAspectRatio", "none");
  const path = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  let pen = "M";
  path.setAttribute("d", values.map((value, i) => {
    if (value === null) { pen = "M"; return ""; }
    const step = `${pen}${(100 * i) / Math.max(1, values.length - 1)} ${100 - 100 * value}`;
    pen = "L";
    return step;
  }).join(""));
  return svg;
};

// A wall of thumbnails cut from one sprite. All text comes from data: it is set as text, never as markup.
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery") ?? parentElement.appendChild(Object.assign(document.createElement("div"), { className: "gallery" }));
  root.replaceChildren();
  root.style.setProperty("--cell", `${data.size}px`);
  for (const [i, item] of data.items.entries()) {
    const card = document.createElement("button");
    card.type = "button";
    card.className = "card" + (item.wrong ? " wrong" : "") + (item.focus ? " focus" : "") + (item.shared ? " shared" : "");
    card.title = item.title;
    card.setAttribute("aria-label", item.title);
    const picture = document.createElement("span");
    picture.className = "picture";
    if (data.sprite) {
      picture.style.backgroundImage = `url(${data.sprite})`;
      picture.style.backgroundSize = `${data.columns * 100}% ${data.rows * 100}%`;
      const x = i % data.columns, y = Math.floor(i / data.columns);
      picture.style.backgroundPosition = `${data.columns > 1 ? (x * 100) / (data.columns - 1) : 0}% ${data.rows > 1 ? (y * 100) / (data.rows - 1) : 0}%`;
      picture.classList.toggle("pixels", data.pixels);
    } else if (item.curve) {
      picture.append(curve(item.curve));
    } else {
      picture.classList.add("text");
      picture.textContent = item.text;
    }
    const caption = document.createElement("span");
    caption.className = "caption";
    caption.textContent = item.caption;
    card.append(picture, caption);
    card.onclick = () => setTriggerValue("clicked", item.row);
    root.append(card);
  }
  return () => root.replaceChildren();
}
