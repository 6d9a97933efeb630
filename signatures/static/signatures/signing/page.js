// What the scripts of signing pages share: texts, data, requests to the platform.

const carried = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "{}");

export const pageData = (id) => carried(id);

let texts = null;

/** The text `key` in the reader's language with its %(name)s places filled. */
export function text(key, fields = {}) {
  texts ??= carried("signing-texts");
  return (texts[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => String(fields[name] ?? ""));
}

/** What went wrong, in words: the platform's own for its refusals, ours for the key's troubles. */
export function words(error) {
  if (error.problem?.detail) return error.problem.detail;
  if (error.name === "KeyTrouble") {
    texts ??= carried("signing-texts");
    const known = texts[error.code];
    return known ? (error.detail && error.code.startsWith("csc-") ? `${known} (${error.detail})` : known) : error.message;
  }
  if (error.name === "Blind") return text("blind");
  if (error.name === "TypeError" || error.name === "TimeoutError") return text("offline");
  throw error;
}

const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

/** POST `body` as JSON; the answer, or an error that carries the platform's problem details. */
export async function post(url, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf(), Accept: "application/json" },
    credentials: "same-origin",
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw Object.assign(new Error(answer.detail ?? response.statusText), { problem: answer, status: response.status });
}

/** A worded tag with its icon, as the design's template tag makes it. */
export function tag(tone, label) {
  const drawn = { done: "M3 8.5 6.5 12 13 4.5", waiting: "M8 3v5l3 2M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13", stop: "M4 4l8 8M12 4l-8 8" };
  const element = document.createElement("span");
  element.className = `tag ${tone}`;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = { viewBox: "0 0 16 16", "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": "2" };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", drawn[tone]);
  svg.append(path);
  element.append(svg, label);
  return element;
}
