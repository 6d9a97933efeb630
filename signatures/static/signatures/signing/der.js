// As much DER (X.690) as signing needs: reading certificates and attributes, writing a CMS.

import { joined } from "./bytes.js";

export const TAG = Object.freeze({
  INTEGER: 0x02, BITS: 0x03, OCTETS: 0x04, NULL: 0x05, OID: 0x06, UTF8: 0x0c, SEQUENCE: 0x30, SET: 0x31,
});

/** One value of DER: its tag, its content, and all its bytes. */
export class Node {
  constructor(tag, content, bytes) {
    this.tag = tag;
    this.content = content;
    this.bytes = bytes;
  }

  /** The values inside a constructed one. Throws `RangeError` for what is no DER. */
  get children() {
    const found = [];
    for (let place = 0; place < this.content.length; place += found.at(-1).bytes.length) {
      found.push(read(this.content.subarray(place)));
    }
    return found;
  }
}

/** The value at the beginning of `bytes`. Throws `RangeError` for what is no DER. */
export function read(bytes) {
  if (bytes.length < 2 || (bytes[0] & 0x1f) === 0x1f) throw new RangeError("no DER");
  let length = bytes[1];
  let head = 2;
  if (length & 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4 || bytes.length < 2 + count) throw new RangeError("no DER");
    length = bytes.subarray(2, 2 + count).reduce((sum, byte) => sum * 256 + byte, 0);
    head += count;
  }
  if (head + length > bytes.length) throw new RangeError("DER that is cut off");
  return new Node(bytes[0], bytes.subarray(head, head + length), bytes.subarray(0, head + length));
}

/** The value that is all of `bytes`. Throws `RangeError` where something follows it. */
export function whole(bytes) {
  const node = read(bytes);
  if (node.bytes.length !== bytes.length) throw new RangeError("something follows the DER");
  return node;
}

/** The value with that tag around `parts`. */
export function write(tag, ...parts) {
  const content = joined(...parts);
  const size = content.length;
  const length = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  const head = size < 0x80 ? [size] : [0x80 | length.length, ...length];
  return joined(Uint8Array.of(tag, ...head), content);
}

export const sequence = (...parts) => write(TAG.SEQUENCE, ...parts);
export const octets = (bytes) => write(TAG.OCTETS, bytes);
export const bits = (bytes) => write(TAG.BITS, Uint8Array.of(0), bytes);
export const nothing = () => write(TAG.NULL);
export const small = (number) => write(TAG.INTEGER, Uint8Array.of(number));

/** A SET OF, in the order that DER asks for. */
export function setOf(...parts) {
  const sorted = [...parts].sort((one, other) => {
    for (let index = 0; index < Math.min(one.length, other.length); index += 1) {
      if (one[index] !== other[index]) return one[index] - other[index];
    }
    return one.length - other.length;
  });
  return write(TAG.SET, ...sorted);
}

/** A whole number of big-endian bytes as INTEGER. */
export function unsigned(bytes) {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const short = bytes.subarray(start);
  return write(TAG.INTEGER, short[0] & 0x80 ? joined(Uint8Array.of(0), short) : short);
}

export function oid(text) {
  const [first, second, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const septets = [arc & 0x7f];
    for (let more = Math.floor(arc / 128); more > 0; more = Math.floor(more / 128)) septets.unshift((more & 0x7f) | 0x80);
    bytes.push(...septets);
  }
  return write(TAG.OID, Uint8Array.from(bytes));
}

/** The dotted spelling of an OID node. */
export function oidText(node) {
  if (node.tag !== TAG.OID || node.content.length === 0) throw new RangeError("no OID");
  const arcs = [];
  let arc = 0;
  for (const byte of node.content) {
    arc = arc * 128 + (byte & 0x7f);
    if (!(byte & 0x80)) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const head = Math.min(2, Math.floor(arcs[0] / 40));
  return [head, arcs[0] - head * 40, ...arcs.slice(1)].join(".");
}

/** An ECDSA signature r‖s, as WebCrypto makes it, as the SEQUENCE of two numbers that a CMS holds. */
export const ecdsaValue = (raw) =>
  sequence(unsigned(raw.subarray(0, raw.length / 2)), unsigned(raw.subarray(raw.length / 2)));
