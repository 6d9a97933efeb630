// What the dialogue reads from a certificate. Whether it may be used is the server's question, not this page's.

import { suiteFor } from "../crypto/suites.js";
import { sha256, toHex } from "./bytes.js";
import { TAG, oidText, whole } from "./der.js";

const NAMES = { "2.5.4.3": "name", "2.5.4.10": "organisation", "2.5.4.5": "number" };
const KEYS = { "1.2.840.113549.1.1.1": "RSA", "1.2.840.10045.2.1": "EC" };
const KEY_USAGE = "2.5.29.15";
const DIGITAL_SIGNATURE_OR_NON_REPUDIATION = 0xc0;
const CONTEXT_0 = 0xa0;
const CONTEXT_3 = 0xa3;

/** A holder's certificate: `id` is its SHA-256 in hex, `chain` the DER of the certificates above it, `suite` its key's. */
export class HolderCertificate {
  constructor(der, chain, facts) {
    Object.assign(this, facts, { der, chain });
    Object.freeze(this);
  }

  /** The certificate in `der`, with the label of the token that holds it; throws `RangeError` for what is none. */
  static async of(der, chain = [], token = "") {
    const facts = read(der);
    const suite = await suiteFor(whole(facts.keyInfo).children[0]);
    return new HolderCertificate(der, chain, { id: toHex(await sha256(der)), token, suite, ...facts });
  }
}

function read(der) {
  const fields = whole(der).children[0].children;
  if (fields[0].tag === CONTEXT_0) fields.shift();
  const [serial, , issuer, validity, subject, key] = fields;
  const [from, until] = validity.children.map(instantOf);
  const names = namesOf(subject);
  return {
    serial: serial.bytes,
    issuer: issuer.bytes,
    issuerName: namesOf(issuer).name ?? "",
    name: names.name ?? "",
    organisation: names.organisation ?? "",
    keyType: KEYS[oidText(key.children[0].children[0])] ?? "",
    keyInfo: key.bytes,
    from,
    until,
    signs: maySign(fields.find((field) => field.tag === CONTEXT_3)),
  };
}

function namesOf(name) {
  const found = {};
  for (const set of name.children) {
    for (const pair of set.children) {
      const [type, value] = pair.children;
      const known = NAMES[oidText(type)];
      if (known) found[known] = textOf(value);
    }
  }
  return found;
}

/** Names are UTF-8 in every certificate of the last twenty years; BMPString (0x1e) still occurs in Chinese ones. */
const textOf = (node) => new TextDecoder(node.tag === 0x1e ? "utf-16be" : "utf-8").decode(node.content);

function instantOf(node) {
  const text = new TextDecoder("ascii").decode(node.content);
  const full = node.tag === 0x17 ? (Number(text.slice(0, 2)) < 50 ? "20" : "19") + text : text;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full) ?? [];
  if (!year) throw new RangeError("no instant");
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

/** Whether the key usage allows a signature; without the extension everything is allowed (RFC 5280, 4.2.1.3). */
function maySign(extensions) {
  if (!extensions) return true;
  const usage = extensions.children[0].children.find((one) => oidText(one.children[0]) === KEY_USAGE);
  if (!usage) return true;
  const value = usage.children.find((part) => part.tag === TAG.OCTETS);
  const bits = whole(value.content);
  return (bits.content[1] & DIGITAL_SIGNATURE_OR_NON_REPUDIATION) !== 0;
}
