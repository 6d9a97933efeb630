// The suites that envelopes are sealed in, by what a header (`alg`) and a wrapped key (`alg` of a slot) name. The same
// registry as signatures/envelopes/domain/suites: who needs an algorithm asks its entry. The national one is loaded
// where something names it.
//
//   alg, digestName, keyBytes, wraps  names and sizes
//   digest(bytes), derive(secret, salt, info)
//   lock(key)                         a key made ready for encrypt and decrypt
//   encrypt(lock, iv, plain, additionalData), decrypt(lock, iv, sealed, additionalData)
//   wrap(key, spki)                   → {alg, ek}: `key` wrapped to a public key
//   unwrap(slot, privateKey)          → the wrapped key; throws for another's slot
//   makeKey()                         → {privateKey, spki}: as IndexedDB keeps it, and the public half (DER)

import { fromBase64, joined, sha256, utf8 } from "../signing/bytes.js";

const subtle = crypto.subtle;
const P256 = { name: "ECDH", namedCurve: "P-256" };
const OAEP = { name: "RSA-OAEP", hash: "SHA-256" };
const POINT = 65;
const SALT = 32;
const IV = 12;

export const random = (length) => crypto.getRandomValues(new Uint8Array(length));
const bytes = async (promise) => new Uint8Array(await promise);
const gcm = (iv, additionalData) => (additionalData ? { name: "AES-GCM", iv, additionalData } : { name: "AES-GCM", iv });
const wrapInfo = (epk) => joined(utf8("luochui/wrap/v1\n"), epk);

/** AES-256-GCM and SHA-256 of WebCrypto; keys wrapped to P-256 or RSA. */
const international = {
  alg: "A256GCM-STREAM-1",
  digestName: "sha256",
  keyBytes: 32,
  wraps: ["ECDH-ES-P256", "RSA-OAEP-256"],
  digest: sha256,

  async derive(secret, salt, info) {
    const base = await subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
    return bytes(subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, base, 256));
  },

  lock: (key) => subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]),
  encrypt: (lock, iv, plain, additionalData) => bytes(subtle.encrypt(gcm(iv, additionalData), lock, plain)),
  decrypt: (lock, iv, sealed, additionalData) => bytes(subtle.decrypt(gcm(iv, additionalData), lock, sealed)),

  async wrap(key, spki) {
    const theirs = await subtle.importKey("spki", spki, P256, false, []).catch(() => null);
    if (!theirs) {
      const rsa = await subtle.importKey("spki", spki, OAEP, false, ["encrypt"]);
      return { alg: "RSA-OAEP-256", ek: await bytes(subtle.encrypt("RSA-OAEP", rsa, key)) };
    }
    const ephemeral = await subtle.generateKey(P256, false, ["deriveBits"]);
    const epk = await bytes(subtle.exportKey("raw", ephemeral.publicKey));
    const shared = await bytes(subtle.deriveBits({ name: "ECDH", public: theirs }, ephemeral.privateKey, 256));
    const [salt, iv] = [random(SALT), random(IV)];
    const lock = await this.lock(await this.derive(shared, salt, wrapInfo(epk)));
    return { alg: "ECDH-ES-P256", ek: joined(epk, salt, iv, await this.encrypt(lock, iv, key)) };
  },

  async unwrap(slot, privateKey) {
    const { epk, salt, iv, ciphertext } = wrappedOf(slot);
    const theirs = await subtle.importKey("raw", epk, P256, false, []);
    const shared = await bytes(subtle.deriveBits({ name: "ECDH", public: theirs }, privateKey, 256));
    return this.decrypt(await this.lock(await this.derive(shared, salt, wrapInfo(epk))), iv, ciphertext);
  },

  /** WebCrypto keeps the private key and never gives it out. */
  async makeKey() {
    const pair = await subtle.generateKey(P256, false, ["deriveBits"]);
    return { privateKey: pair.privateKey, spki: await bytes(subtle.exportKey("spki", pair.publicKey)) };
  },
};

/** SM4-GCM, SM3 and SM2, reckoned in script: WebCrypto knows none of them. */
async function loadNational() {
  const [sm, keep] = await Promise.all([import("../crypto/national.js"), import("../crypto/keep.js")]);
  return {
    alg: "SM4GCM-STREAM-1",
    digestName: "sm3",
    keyBytes: 16,
    wraps: ["SM2"],
    digest: async (data) => sm.sm3(data),
    derive: async (secret, salt, info) => sm.hkdf(secret, salt, info, 16),
    lock: async (key) => key,
    encrypt: async (lock, iv, plain, additionalData) => sm.seal(lock, iv, plain, additionalData),
    decrypt: async (lock, iv, sealed, additionalData) => sm.open(lock, iv, sealed, additionalData),
    wrap: async (key, spki) => ({ alg: "SM2", ek: sm.wrap(sm.fromSpki(spki), key) }),

    async unwrap(slot, kept) {
      const privateKey = await keep.opened(kept);
      try {
        return sm.unwrap(privateKey, fromBase64(slot.ek));
      } finally {
        privateKey.fill(0);
      }
    },

    /** What is kept is sealed under an AES key that WebCrypto never gives out. */
    async makeKey() {
      const { privateKey, publicKey } = sm.generate();
      const kept = await keep.sealed(privateKey);
      privateKey.fill(0);
      return { privateKey: kept, spki: sm.toSpki(publicKey) };
    },
  };
}

let national = null;
const ENTRIES = {
  "A256GCM-STREAM-1": async () => international,
  "SM4GCM-STREAM-1": () => (national ??= loadNational()),
};

/** The entry that terms and headers name. Throws for one that this page does not know. */
export async function suiteOf(alg) {
  if (!Object.hasOwn(ENTRIES, alg)) throw new RangeError(`unknown algorithm ${alg}`);
  return ENTRIES[alg]();
}

/** The entry whose keys are wrapped so. */
export const suiteOfSlot = ({ alg }) => suiteOf(alg === "SM2" ? "SM4GCM-STREAM-1" : "A256GCM-STREAM-1");

/** The parts of a slot's wrapped key, as a holder's key port takes them. */
export function wrappedOf(slot) {
  const ek = fromBase64(slot.ek);
  if (slot.alg !== "ECDH-ES-P256") return { alg: slot.alg, ciphertext: ek };
  const [salt, iv] = [POINT + SALT, POINT + SALT + IV];
  return { alg: slot.alg, epk: ek.slice(0, POINT), salt: ek.slice(POINT, salt), iv: ek.slice(salt, iv), ciphertext: ek.slice(iv) };
}
