// The evidence log, checked in the visitor's own browser: canonical JSON, leaves, Merkle proofs and signed checkpoints. No request is made here.

const encoder = new TextEncoder();

export const bytesOf = (text) => encoder.encode(text);
export const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
export const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
export const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
export const same = (one, two) => hex(one) === hex(two);

export const concat = (...parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
};

export const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));

/** RFC 8785 for values without numbers: the names in the order of their UTF-16 units, no white space. */
export const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return JSON.stringify(value);
};

/** The hash that the columns of an entry have: SHA-256(0x00 ‖ leaf). */
export const entryHash = async (entry) => {
  const { actor, key, prev, seq, stream, ts, type } = entry;
  const payload_sha256 = hex(await sha256(bytesOf(canonical(entry.payload))));
  return sha256(Uint8Array.of(0), bytesOf(canonical({ actor, key, payload_sha256, prev, seq, stream, ts, type })));
};

const node = (left, right) => sha256(Uint8Array.of(1), left, right);
const odd = (number) => number % 2 === 1;
const half = (number) => Math.floor(number / 2);

/** The root to which a proof leads (RFC 9162 §2.1.3.2); null when its length does not fit. `told` hears of every step. */
export const rootFrom = async (hash, index, size, path, told = () => {}) => {
  if (!(index >= 0 && index < size)) return null;
  let [place, last, value] = [index, size - 1, hash];
  for (const sibling of path) {
    if (last === 0) return null;
    const below = value;
    if (odd(place) || place === last) {
      value = await node(sibling, value);
      told(sibling, below, value);
      while (!odd(place) && place !== 0) { place = half(place); last = half(last); }
    } else {
      value = await node(value, sibling);
      told(below, sibling, value);
    }
    place = half(place);
    last = half(last);
  }
  return last === 0 ? value : null;
};

/** A signed checkpoint taken apart; `signature` covers `text`. */
export const readNote = (note) => {
  const cut = note.lastIndexOf("\n\n");
  const text = note.slice(0, cut + 1);
  const [origin, size, root, at] = text.split("\n");
  const blobs = note.slice(cut + 2).trim().split("\n").map((line) => line.split(" "));
  const own = blobs.find(([, name]) => name === origin);
  if (!own) throw new Error("no signature of the log");
  const blob = fromBase64(own[2]);
  return { text, origin, size: Number(size), root: fromBase64(root), at: at.slice(3), keyId: hex(blob.slice(0, 4)), signature: blob.slice(4) };
};

/** Whether one of the published keys signed the checkpoint while it was valid; null where the browser knows no Ed25519. */
export const isSigned = async (checkpoint, keys) => {
  for (const { key, valid_from, valid_until } of keys.keys) {
    const [name, id, ...rest] = key.split("+");
    const encoded = rest.join("+");
    if (name !== checkpoint.origin || id !== checkpoint.keyId) continue;
    if (!(valid_from <= checkpoint.at && (valid_until === null || checkpoint.at < valid_until))) return false;
    let publicKey;
    try {
      publicKey = await crypto.subtle.importKey("raw", fromBase64(encoded).slice(1), { name: "Ed25519" }, false, ["verify"]);
    } catch {
      return null;
    }
    return crypto.subtle.verify({ name: "Ed25519" }, publicKey, checkpoint.signature, bytesOf(checkpoint.text));
  }
  return false;
};

export const isIncluded = async (hash, index, path, checkpoint) => {
  const root = await rootFrom(hash, Number(index), checkpoint.size, path.map(fromBase64));
  return root !== null && same(root, checkpoint.root);
};
