// The international suite: ECDSA on P-256 and RSA, with SHA-256, all by WebCrypto. Imported keys cannot be exported again.

import { sha256 } from "../signing/bytes.js";
import { TAG, ecdsaValue, nothing, oid, oidText, sequence, whole } from "../signing/der.js";
import { KeyTrouble, unwrapWith } from "../signing/signer.js";

const CURVES = { "1.2.840.10045.3.1.7": "P-256" };
const ALGORITHMS = {
  RSA: sequence(oid("1.2.840.113549.1.1.11"), nothing()),
  EC: sequence(oid("1.2.840.10045.4.3.2")),
};
const ROOM_KEY = { name: "ECDSA", namedCurve: "P-256" };
const WITH_SHA256 = { name: "ECDSA", hash: "SHA-256" };

export const INTERNATIONAL = Object.freeze({
  name: "INTERNATIONAL",
  digestName: "2.16.840.1.101.3.4.2.1",
  digestTitle: "SHA-256",
  digest: sha256,
  signatureAlgorithm: ({ keyType }) => ALGORITHMS[keyType],
  hashToSign: (certificate, bytes) => sha256(bytes),

  async sign(pkcs8, { keyType }, bytes) {
    if (keyType === "RSA") {
      const key = await imported(pkcs8, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, ["sign"]);
      return new Uint8Array(await crypto.subtle.sign("RSASSA-PKCS1-v1_5", key, bytes));
    }
    const key = await imported(pkcs8, { name: "ECDSA", namedCurve: curveOf(pkcs8) }, ["sign"]);
    return ecdsaValue(new Uint8Array(await crypto.subtle.sign(WITH_SHA256, key, bytes)));
  },

  async unwrap(pkcs8, certificate, wrapped) {
    if (wrapped.alg === "RSA-OAEP-256") {
      const key = await imported(pkcs8, { name: "RSA-OAEP", hash: "SHA-256" }, ["decrypt"]);
      return new Uint8Array(await crypto.subtle.decrypt("RSA-OAEP", key, wrapped.ciphertext));
    }
    const curve = curveOf(pkcs8);
    const key = await imported(pkcs8, { name: "ECDH", namedCurve: curve }, ["deriveBits"]);
    return unwrapWith(wrapped, async (theirs) => {
      const peer = await crypto.subtle.importKey("raw", theirs, { name: "ECDH", namedCurve: curve }, false, []);
      return new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: peer }, key, 256));
    });
  },

  async makeKey() {
    const pair = await crypto.subtle.generateKey(ROOM_KEY, false, ["sign", "verify"]);
    return { spki: new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)), kept: pair.privateKey };
  },

  signer: async (kept) => async (bytes) => new Uint8Array(await crypto.subtle.sign(WITH_SHA256, kept, bytes)),
});

async function imported(pkcs8, algorithm, uses) {
  try {
    return await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, uses);
  } catch {
    throw new KeyTrouble("p12-key-kind");
  }
}

/** The curve that a PKCS #8 names. */
function curveOf(pkcs8) {
  const curve = whole(pkcs8).children[1].children[1];
  const name = curve?.tag === TAG.OID ? CURVES[oidText(curve)] : null;
  if (!name) throw new KeyTrouble("p12-key-kind");
  return name;
}
