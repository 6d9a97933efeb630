// The envelope SBE-1 (docs/envelopes.md): its header, its keys, its chunks. The same bytes as signatures/envelopes/domain.

export const TAG = 16;
export const ATTESTATION = 16 * 1024;
const MAGIC = Uint8Array.of(0x53, 0x42, 0x45, 0x31, 0x0d, 0x0a, 0x1a, 0x0a);
const SMALLEST_PAYLOAD = 64 * 1024;
const P256 = { name: "ECDH", namedCurve: "P-256" };
const subtle = crypto.subtle;
const encoder = new TextEncoder();

export const utf8 = (text) => encoder.encode(text);
export const toHex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
export const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
export const random = (length) => crypto.getRandomValues(new Uint8Array(length));
export const sha256 = async (bytes) => new Uint8Array(await subtle.digest("SHA-256", bytes));

export function toBase64(bytes) {
  let text = "";
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
  return btoa(text);
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

/** Canonical JSON (RFC 8785) of texts, lists and objects: names in the order of their UTF-16 units, no blanks. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const pairs = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${pairs.join(",")}}`;
}

/** The length that `length` bytes are padded to (Padmé); exact up to 2^53. */
export function padded(length) {
  if (length <= SMALLEST_PAYLOAD) return SMALLEST_PAYLOAD;
  const bits = (number) => Math.floor(Math.log2(number)) + 1;
  let exponent = Math.floor(Math.log2(length));
  if (2 ** exponent > length) exponent -= 1;
  const step = 2 ** (exponent - bits(exponent));
  return Math.ceil(length / step) * step;
}

const lengthOf = (count) => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, count);
  return bytes;
};

async function hkdf(secret, salt, info) {
  const base = await subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(await subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, base, 256));
}

const aes = (bytes, usage) => subtle.importKey("raw", bytes, "AES-GCM", false, [usage]);

async function encrypt(key, iv, plain, additionalData) {
  const usable = key instanceof CryptoKey ? key : await aes(key, "encrypt");
  const parameters = additionalData ? { name: "AES-GCM", iv, additionalData } : { name: "AES-GCM", iv };
  return new Uint8Array(await subtle.encrypt(parameters, usable, plain));
}

async function decrypt(key, iv, sealed, additionalData) {
  const parameters = additionalData ? { name: "AES-GCM", iv, additionalData } : { name: "AES-GCM", iv };
  return new Uint8Array(await subtle.decrypt(parameters, await aes(key, "decrypt"), sealed));
}

/** How secrets are wrapped to a public key (SubjectPublicKeyInfo): P-256 or RSA. */
async function publicKey(spki) {
  try {
    return ["ECDH-ES-P256", await subtle.importKey("spki", spki, P256, false, [])];
  } catch {
    return ["RSA-OAEP-256", await subtle.importKey("spki", spki, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"])];
  }
}

async function wrapKek(kek, alg, key) {
  if (alg === "RSA-OAEP-256") return new Uint8Array(await subtle.encrypt("RSA-OAEP", key, kek));
  const ephemeral = await subtle.generateKey(P256, false, ["deriveBits"]);
  const epk = new Uint8Array(await subtle.exportKey("raw", ephemeral.publicKey));
  const shared = new Uint8Array(await subtle.deriveBits({ name: "ECDH", public: key }, ephemeral.privateKey, 256));
  const [salt, iv] = [random(32), random(12)];
  const key2 = await hkdf(shared, salt, joined(utf8("luochui/wrap/v1\n"), epk));
  return joined(epk, salt, iv, await encrypt(key2, iv, kek));
}

/** One secret wrapped to one recipient. `label`: `bidder` or `officer:<seat>`; `key` is left out for the bidder. */
export async function wrap(secret, label, spki, ctx) {
  const [alg, key] = await publicKey(spki);
  const kek = random(32);
  return {
    alg,
    commit: toHex(await sha256(joined(utf8("sbe1/share"), ctx, utf8(label), secret))),
    ct: toBase64(await encrypt(kek, new Uint8Array(12), secret, joined(ctx, utf8(label)))),
    ek: toBase64(await wrapKek(kek, alg, key)),
    for: label,
    key: label === "bidder" ? "" : toHex(await sha256(spki)),
  };
}

/** The parts of a slot's wrapped key, as `wrapKek` joined them. */
export function wrappedOf(slot) {
  const ek = fromBase64(slot.ek);
  if (slot.alg === "RSA-OAEP-256") return { alg: slot.alg, ciphertext: ek };
  return { alg: slot.alg, epk: ek.slice(0, 65), salt: ek.slice(65, 97), iv: ek.slice(97, 109), ciphertext: ek.slice(109) };
}

/** The key of a slot by a private key (ECDH, P-256) of this browser. Throws when it is another's slot. */
export async function unwrapKek(slot, privateKey) {
  const { epk, salt, iv, ciphertext } = wrappedOf(slot);
  const theirs = await subtle.importKey("raw", epk, P256, false, []);
  const shared = new Uint8Array(await subtle.deriveBits({ name: "ECDH", public: theirs }, privateKey, 256));
  return decrypt(await hkdf(shared, salt, joined(utf8("luochui/wrap/v1\n"), epk)), iv, ciphertext);
}

/** The secret in a slot by its key: only for passing a share on. */
export const openSlot = (slot, kek, ctx) =>
  decrypt(kek, new Uint8Array(12), fromBase64(slot.ct), joined(ctx, utf8(slot.for)));

/**
 * An envelope in the making: keys, header and everything before the first chunk. `split(secret, n, k)` is Shamir's.
 * `files` are {name, size}; `bidderKeys` and the officers' keys are SubjectPublicKeyInfo bytes.
 */
export class Envelope {
  static async make({ terms, bidder, bidderKeys, files, split, created = new Date() }) {
    const made = new Envelope();
    const [salt, kb, kc] = [random(32), random(32), random(32)];
    const list = utf8(
      canonical({ bidder, files: files.map(({ name, size }) => ({ name, size: String(size) })), salt: toHex(salt) }),
    );
    made.list = joined(lengthOf(list.length), list);
    made.paddedLength = padded(made.list.length + files.reduce((sum, file) => sum + file.size, 0));
    made.chunk = Number(terms.chunk);
    made.chunks = Math.ceil(made.paddedLength / made.chunk);
    const header = {
      alg: "A256GCM-STREAM-1",
      bidder_ref: toHex(await sha256(joined(utf8("sbe1/bidder\0"), utf8(bidder), Uint8Array.of(0), salt))),
      chunk: terms.chunk,
      created: created.toISOString(),
      lot: terms.lot,
      padded_len: String(made.paddedLength),
      policy: terms.policy,
      roster_id: terms.roster_id,
      salt: toHex(random(32)),
      tender: terms.tender,
      v: "SBE-1",
    };
    const ctx = await sha256(utf8(canonical(header)));
    const secrets = joined(kb, kc);
    const cek = await hkdf(secrets, ctx, utf8("sbe1/cek"));
    const manifest = utf8(canonical(await made.#manifest({ terms, bidderKeys, split, ctx, kb, kc, cek })));
    const headerBytes = utf8(canonical({ ...header, manifest_sha256: toHex(await sha256(manifest)) }));
    made.headerDigest = await sha256(headerBytes);
    made.prefix = joined(MAGIC, lengthOf(headerBytes.length), headerBytes, lengthOf(manifest.length), manifest);
    made.size = made.prefix.length + made.paddedLength + made.chunks * TAG + ATTESTATION + TAG;
    made.cek = await aes(cek, "encrypt");
    made.attestationKey = await aes(await hkdf(secrets, ctx, utf8("sbe1/attestation")), "encrypt");
    return made;
  }

  async #manifest({ terms, bidderKeys, split, ctx, kb, kc, cek }) {
    const { mode, k, n } = terms.policy;
    const shares = await split(mode === "AND" ? kc : joined(kb, kc), Number(n), Number(k));
    const slots = [];
    for (const spki of bidderKeys) slots.push(await wrap(kb, "bidder", spki, ctx));
    for (const { seat, spki } of terms.officers) {
      slots.push(await wrap(shares[Number(seat) - 1], `officer:${seat}`, fromBase64(spki), ctx));
    }
    return { cek_commit: toHex(await sha256(joined(utf8("sbe1/cek-commit"), ctx, cek))), slots };
  }

  /** One sealed chunk. The nonce holds the chunk's place and whether it is the last. */
  async seal(index, plain) {
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setBigUint64(3, BigInt(index));
    iv[11] = index === this.chunks - 1 ? 1 : 0;
    return encrypt(this.cek, iv, plain, this.headerDigest);
  }

  /** The commitment over all leaves. */
  async commit(leaves) {
    return sha256(joined(utf8("env1"), this.headerDigest, ...leaves));
  }

  /** Certificate and signature, or that there are none, bound to the commitment. */
  async attest(commit, { certificates = [], signature = "" } = {}) {
    const statement = utf8(canonical({ certificates, signature }));
    const block = new Uint8Array(ATTESTATION);
    block.set(lengthOf(statement.length));
    block.set(statement, 4);
    return encrypt(this.attestationKey, new Uint8Array(12), block, commit);
  }
}
