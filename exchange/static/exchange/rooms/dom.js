// Small helpers over the document. Text only ever enters as text.

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** An element with attributes and children; `on…` attributes are listeners, `null` ones are left out. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Put `value` into every `[data-bind=name]`; an element whose value is empty is hidden. */
export function bind(values, root = document) {
  for (const [name, value] of Object.entries(values)) {
    for (const place of all(`[data-bind="${name}"]`, root)) {
      const shown = value === null || value === undefined ? "" : String(value);
      if (place.textContent !== shown) place.textContent = shown;
      if ("bindEmpty" in place.dataset) place.hidden = shown === "";
    }
  }
}

/** Show or hide every `[data-show=name]`. */
export function show(conditions, root = document) {
  for (const [name, visible] of Object.entries(conditions)) {
    for (const place of all(`[data-show="${name}"]`, root)) place.hidden = !visible;
  }
}

/** A worded status tag with its icon, as in the rest of the house. */
export function tag(kind, words) {
  return el("span", { class: `tag ${kind}` }, icon(kind), words);
}

// The same drawings as the tags of the server (portal/templatetags/design.py).
const ICONS = { done: "M3 8.5 6.5 12 13 4.5", waiting: "M8 3v5l3 2M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13", stop: "M4 4l8 8M12 4l-8 8", info: "M8 7v6M8 3v.01", "": "M3 8h10" };

function icon(kind) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of [["viewBox", "0 0 16 16"], ["width", "16"], ["height", "16"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  for (const [name, value] of [["d", ICONS[kind] ?? ICONS[""]], ["fill", "none"], ["stroke", "currentColor"], ["stroke-width", "2"], ["stroke-linecap", "round"]]) path.setAttribute(name, value);
  svg.append(path);
  return svg;
}

/** Offer `content` to the reader as a file. */
export function download(name, content, type = "application/json") {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = el("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
