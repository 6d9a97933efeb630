// SignerPort: what a page knows of a holder's key, wherever it lives.
//
//   id, inputs                       its name, and the fields that the holder fills in before its certificates are listed
//   listCerts(input)                 → HolderCertificate[]
//   signAttrs(certificate, attributes, order)
//                                    → the signature value over the DER of signed attributes, as a CMS holds it;
//                                      `order` is what the holder is shown again where the key is: {ticket, title, digest …}
//   unwrap(certificate, wrapped, order)
//                                    → the bytes that somebody wrapped to the certificate;
//                                      `wrapped` is {alg: "RSA-OAEP-256" or "SM2", ciphertext} or {alg: "ECDH-ES-P256", epk, salt, iv, ciphertext}
//   close()                          forgets what it holds
//
// The private key never leaves its place, and never reaches the platform.

import { joined, utf8 } from "./bytes.js";

/** What stands between the holder and the key. `code` leads to a text of the page, `detail` is the other side's own. */
export class KeyTrouble extends Error {
  constructor(code, detail = "") {
    super(detail || code);
    this.name = "KeyTrouble";
    this.code = code;
    this.detail = detail;
  }
}

const ADAPTERS = {
  "soft-p12": async () => new (await import("./soft-p12.js")).SoftP12(),
  "agent-ws": async (options) => new (await import("./agent-ws.js")).AgentWs(options.agent),
  csc: async (options) => new (await import("./csc.js")).Csc(options.csc),
};

/** The adapter of that name. `options`: {agent: {urls}, csc: {url}}. */
export const adapter = (name, options) => ADAPTERS[name](options);

const REMEMBERED = "luochui/signer";

/** Which adapter and certificate this browser used last; no secret. */
export function remembered() {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED)) ?? {};
  } catch {
    return {};
  }
}

export function remember(choice) {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(choice));
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

/** What an adapter holds for the certificate. Throws `KeyTrouble` when it was listed by another one or is gone. */
export function requireKey(held, certificate) {
  const found = held.get(certificate.id);
  if (!found) throw new KeyTrouble("key-gone");
  return found;
}

/** ECDH-ES over P-256: the shared secret through HKDF-SHA-256 to a key for AES-256-GCM, which opens the ciphertext. */
export async function unwrapWith(wrapped, agree) {
  const shared = await agree(wrapped.epk);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const info = joined(utf8("luochui/wrap/v1\n"), wrapped.epk);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: wrapped.salt, info },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["decrypt"],
  );
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: wrapped.iv }, key, wrapped.ciphertext));
  } catch {
    throw new KeyTrouble("unwrap-failed");
  }
}
