// What the scripts of sealing and opening pages share.

import { unwrapKek, toBase64 } from "./sbe.js";
import { allOf } from "./device.js";

export const pageData = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "{}");

let texts = null;

/** The text `key` in the reader's language with its %(name)s places filled. */
export function text(key, fields = {}) {
  texts ??= pageData("envelope-texts");
  return (texts[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => String(fields[name] ?? ""));
}

const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

/** POST `body` as JSON; the answer, or an error with the platform's own words. */
export async function post(url, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf(), Accept: "application/json" },
    credentials: "same-origin",
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw Object.assign(new Error(answer.detail || text("offline")), { told: true, status: response.status });
}

export async function get(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw Object.assign(new Error(answer.detail || text("offline")), { told: true, status: response.status });
}

/** What went wrong, in words. */
export const words = (error) => (error.told ? error.message : error.name === "TypeError" ? text("offline") : text("failed"));

/** The unlock code of a slot by the keys that this browser keeps under that name; null when none of them opens it. */
export async function codeByDevice(slot, name) {
  for (const privateKey of await allOf(name)) {
    try {
      return toBase64(await unwrapKek(slot, privateKey));
    } catch {
      // Another key of this device may be the right one.
    }
  }
  return null;
}

/** Show `said` in the element; empty hides it. */
export function say(element, said) {
  element.textContent = said;
  element.hidden = said === "";
}
