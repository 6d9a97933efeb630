// What the scripts of sealing and opening pages share.

import { KeyChooser } from "../signing/chooser.js";
import { words as keyWords } from "../signing/page.js";
import { toBase64, unwrapKek, wrappedOf } from "./sbe.js";
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
export const words = (error) =>
  error.name === "KeyTrouble" || error.name === "Blind" ? keyWords(error) : told(error);

const told = (error) => (error.told ? error.message : error.name === "TypeError" ? text("offline") : text("failed"));

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

/** Whether a key of the certificate's kind can be what the slot is wrapped to. */
function opensBy(slot, { keyType, suite }) {
  if (slot.alg === "RSA-OAEP-256") return keyType === "RSA";
  return keyType === "EC" && (slot.alg === "SM2") === (suite.name === "SM");
}

/** The unlock code of a slot by the certificate that the holder chose; null when it is not for this certificate. */
export async function codeByCertificate({ slot, ticket }, { certificate, port }) {
  if (!opensBy(slot, certificate)) return null;
  try {
    return toBase64(await port.unwrap(certificate, wrappedOf(slot), { ticket }));
  } catch (error) {
    if (error.code === "unwrap-failed" || error.name === "OperationError") return null;
    throw error;
  }
}

/** The address that also asks for orders to the agent, where a certificate is chosen. */
export const withCertificate = (url, chooser) => (chooser?.certificate ? `${url}?certificate=${chooser.certificate.id}` : url);

/** The choice of a key on this page, where it has one; its troubles are told in `trouble`. */
export function keyChooser(trouble) {
  if (!document.getElementById("key-chooser")) return null;
  const chooser = new KeyChooser();
  chooser.addEventListener("trouble", ({ detail }) => say(trouble, detail.words));
  addEventListener("pagehide", () => chooser.port?.close());
  chooser.start();
  return chooser;
}

/** Show `said` in the element; empty hides it. */
export function say(element, said) {
  element.textContent = said;
  element.hidden = said === "";
}
