// The national algorithms 国密 in the browser: SM2, SM3, SM4-GCM (GM/T 0003, 0004, 0002; encodings of GM/T 0009).
// WebCrypto knows none of them, so a vendored library reckons them in script; signatures/crypto/national.py is the
// counterpart, and both are tested against each other and against OpenSSL. Keys here are bytes that scripts can read:
// where one must outlive the page, keep.js keeps it sealed. Everything is Uint8Array.

import { hkdf as derive, sm2, sm3 as hash, sm4 } from "../../vendor/sm-crypto-v2/sm-crypto-v2.js";
import { joined, toHex } from "../signing/bytes.js";
import { TAG, bits, octets, oid, oidText, sequence, unsigned, whole } from "../signing/der.js";

export const SM2_CURVE = "1.2.156.10197.1.301";
export const SM3 = "1.2.156.10197.1.401";
export const SM2_WITH_SM3 = "1.2.156.10197.1.501";
const EC_KEY = "1.2.840.10045.2.1";
const SCALAR_BYTES = 32;
const POINT_BYTES = 65;
const TAG_BYTES = 16;

const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export class NotRight extends Error {
  /** A ciphertext, a key or its encoding does not hold. */
  name = "NotRight";
}

/** The SM3 digest of `bytes`, 32 bytes. */
export const sm3 = (bytes) => fromHex(hash(bytes));

/** HKDF (RFC 5869) with SM3. */
export const hkdf = (secret, salt, info, length) => derive(secret, salt, info, length);

/** A fresh key: {privateKey (32 bytes), publicKey (65 bytes, uncompressed)}. */
export function generate() {
  const { privateKey, publicKey } = sm2.generateKeyPairHex();
  return { privateKey: fromHex(privateKey.padStart(2 * SCALAR_BYTES, "0")), publicKey: fromHex(publicKey) };
}

/** The public key of a private one. */
export const publicOf = (privateKey) => fromHex(sm2.getPublicKeyFromPrivateKey(toHex(privateKey)));

/** A public key as SubjectPublicKeyInfo (DER). */
export const toSpki = (publicKey) => sequence(sequence(oid(EC_KEY), oid(SM2_CURVE)), bits(publicKey));

/** Whether `spki` (DER) names the curve of SM2. Throws `RangeError` for what is no DER. */
export function isSm2(spki) {
  const [kind, curve] = whole(spki).children[0].children;
  return oidText(kind) === EC_KEY && curve?.tag === TAG.OID && oidText(curve) === SM2_CURVE;
}

/** The point in a SubjectPublicKeyInfo. Throws `NotRight` unless it is a point of the curve. */
export function fromSpki(spki) {
  const point = isSm2(spki) ? whole(spki).children[1].content.subarray(1) : new Uint8Array();
  if (point.length !== POINT_BYTES || !isOnCurve(point)) throw new NotRight("no SM2 key");
  return point;
}

function isOnCurve(point) {
  try {
    return sm2.verifyPublicKey(toHex(point));
  } catch {
    return false;
  }
}

/** The private key in a PKCS #8 (DER). Throws `NotRight`, or `RangeError` for what is no DER. */
export function fromPkcs8(der) {
  const inner = whole(whole(der).children[2].content).children[1];
  const scalar = inner.content;
  if (inner.tag !== TAG.OCTETS || scalar.length !== SCALAR_BYTES) throw new NotRight("no SM2 key");
  return scalar.slice();
}

/** SM2 with SM3 over `message` and the identity 1234567812345678 (GM/T 0009): r‖s, 64 bytes. */
export const sign = (privateKey, message) =>
  fromHex(sm2.doSignature(message, toHex(privateKey), { hash: true, publicKey: toHex(publicOf(privateKey)) }));

/** What is signed for `message`: the SM3 of identity, key and message (GM/T 0003.2). */
export const signedHash = (publicKey, message) => fromHex(sm2.getHash(message, toHex(publicKey)));

/** Whether `signature` (r‖s) over `message` is right; malformed ones are not. */
export function verify(publicKey, message, signature) {
  if (signature.length !== 2 * SCALAR_BYTES) return false;
  try {
    return sm2.doVerifySignature(message, toHex(signature), toHex(publicKey), { hash: true });
  } catch {
    return false;
  }
}

/** `secret` encrypted to a public key: the SEQUENCE of x, y, hash and ciphertext (C1C3C2) of GM/T 0009. */
export function wrap(publicKey, secret) {
  const raw = fromHex(sm2.doEncrypt(secret, toHex(publicKey), 1));
  const [x, y, check] = [raw.subarray(0, 32), raw.subarray(32, 64), raw.subarray(64, 96)];
  return sequence(unsigned(x), unsigned(y), octets(check), octets(raw.subarray(96)));
}

/** What `wrap` encrypted. Throws `NotRight`. */
export function unwrap(privateKey, wrapped) {
  let opened;
  try {
    const [x, y, check, cipher] = whole(wrapped).children.map(({ content }) => toHex(content));
    const point = [x, y].map((number) => number.replace(/^00/, "").padStart(64, "0"));
    // Given raw, the point is checked to lie on the curve.
    opened = sm2.doDecrypt([...point, check, cipher].join(""), toHex(privateKey), 1, { output: "array" });
  } catch {
    throw new NotRight("not wrapped to this key");
  }
  if (opened.length === 0) throw new NotRight("not wrapped to this key");
  return Uint8Array.from(opened);
}

/** SM4-GCM with a 16-byte key and a 12-byte nonce: ciphertext ‖ tag, as WebCrypto's AES-GCM. */
export function seal(key, nonce, plain, associatedData = new Uint8Array()) {
  const options = { mode: "gcm", iv: nonce, associatedData, output: "array", outputTag: true };
  const { output, tag } = sm4.encrypt(plain, key, options);
  return joined(output, tag);
}

/** What `seal` sealed. Throws `NotRight`. */
export function open(key, nonce, sealed, associatedData = new Uint8Array()) {
  const [body, tag] = [sealed.subarray(0, -TAG_BYTES), sealed.subarray(-TAG_BYTES)];
  if (tag.length !== TAG_BYTES) throw new NotRight("cut off");
  try {
    return sm4.decrypt(body, key, { mode: "gcm", iv: nonce, associatedData, tag, output: "array" });
  } catch {
    throw new NotRight("changed, or another key");
  }
}
