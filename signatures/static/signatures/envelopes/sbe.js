// The envelope SBE-1 (docs/envelopes.md): its header, its keys, its chunks. The same bytes as signatures/envelopes/domain.

import { fromBase64, joined, sha256, toBase64, toHex, utf8 } from "../signing/bytes.js";
import { random, suiteOf, suiteOfSlot, wrappedOf } from "./suites.js";

export { fromBase64, joined, random, sha256, toBase64, toHex, utf8, wrappedOf };
export const TAG = 16;
export const ATTESTATION = 16 * 1024;
const MAGIC = Uint8Array.of(0x53, 0x42, 0x45, 0x31, 0x0d, 0x0a, 0x1a, 0x0a);
const SMALLEST_PAYLOAD = 64 * 1024;

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

/** One secret wrapped to one recipient, in that suite. `label`: `bidder` or `officer:<seat>`; the bidder has no `key`. */
export async function wrap(suite, secret, label, spki, ctx) {
  const kek = random(suite.keyBytes);
  const { alg, ek } = await suite.wrap(kek, spki);
  return {
    alg,
    commit: toHex(await suite.digest(joined(utf8("sbe1/share"), ctx, utf8(label), secret))),
    ct: toBase64(await suite.encrypt(await suite.lock(kek), new Uint8Array(12), secret, joined(ctx, utf8(label)))),
    ek: toBase64(ek),
    for: label,
    key: label === "bidder" ? "" : toHex(await sha256(spki)),
  };
}

/** The key of a slot by a private key that this browser keeps. Throws when it is another's slot, or of another suite. */
export const unwrapKek = async (slot, privateKey) => (await suiteOfSlot(slot)).unwrap(slot, privateKey);

/** The secret in a slot by its key: only for passing a share on. */
export async function openSlot(slot, kek, ctx) {
  const suite = await suiteOfSlot(slot);
  return suite.decrypt(await suite.lock(kek), new Uint8Array(12), fromBase64(slot.ct), joined(ctx, utf8(slot.for)));
}

/** The share in a slot, wrapped anew to a successor's key of the same suite. */
export async function rewrap(slot, kek, spki, ctx) {
  const secret = await openSlot(slot, kek, ctx);
  return wrap(await suiteOfSlot(slot), secret, slot.for, spki, ctx);
}

/**
 * An envelope in the making: keys, header and everything before the first chunk. `split(secret, n, k)` is Shamir's.
 * `files` are {name, size}; `bidderKeys` and the officers' keys are SubjectPublicKeyInfo bytes.
 */
export class Envelope {
  static async make({ terms, bidder, bidderKeys, files, split, created = new Date() }) {
    const made = new Envelope();
    const suite = (made.suite = await suiteOf(terms.alg));
    const [salt, kb, kc] = [random(32), random(32), random(32)];
    const list = utf8(
      canonical({ bidder, files: files.map(({ name, size }) => ({ name, size: String(size) })), salt: toHex(salt) }),
    );
    made.list = joined(lengthOf(list.length), list);
    made.paddedLength = padded(made.list.length + files.reduce((sum, file) => sum + file.size, 0));
    made.chunk = Number(terms.chunk);
    made.chunks = Math.ceil(made.paddedLength / made.chunk);
    const header = {
      alg: suite.alg,
      bidder_ref: toHex(await suite.digest(joined(utf8("sbe1/bidder\0"), utf8(bidder), Uint8Array.of(0), salt))),
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
    const ctx = await suite.digest(utf8(canonical(header)));
    const secrets = joined(kb, kc);
    const cek = await suite.derive(secrets, ctx, utf8("sbe1/cek"));
    const manifest = utf8(canonical(await made.#manifest({ terms, bidderKeys, split, ctx, kb, kc, cek })));
    const named = { [`manifest_${suite.digestName}`]: toHex(await suite.digest(manifest)) };
    const headerBytes = utf8(canonical({ ...header, ...named }));
    made.headerDigest = await suite.digest(headerBytes);
    made.prefix = joined(MAGIC, lengthOf(headerBytes.length), headerBytes, lengthOf(manifest.length), manifest);
    made.size = made.prefix.length + made.paddedLength + made.chunks * TAG + ATTESTATION + TAG;
    made.cek = await suite.lock(cek);
    made.attestationKey = await suite.lock(await suite.derive(secrets, ctx, utf8("sbe1/attestation")));
    return made;
  }

  async #manifest({ terms, bidderKeys, split, ctx, kb, kc, cek }) {
    const { mode, k, n } = terms.policy;
    const shares = await split(mode === "AND" ? kc : joined(kb, kc), Number(n), Number(k));
    const slots = [];
    for (const spki of bidderKeys) slots.push(await wrap(this.suite, kb, "bidder", spki, ctx));
    for (const { seat, spki } of terms.officers) {
      slots.push(await wrap(this.suite, shares[Number(seat) - 1], `officer:${seat}`, fromBase64(spki), ctx));
    }
    return { cek_commit: toHex(await this.suite.digest(joined(utf8("sbe1/cek-commit"), ctx, cek))), slots };
  }

  /** One sealed chunk. The nonce holds the chunk's place and whether it is the last. */
  async seal(index, plain) {
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setBigUint64(3, BigInt(index));
    iv[11] = index === this.chunks - 1 ? 1 : 0;
    return this.suite.encrypt(this.cek, iv, plain, this.headerDigest);
  }

  /** What the commitment takes of a sealed chunk. */
  leaf(sealed) {
    return this.suite.digest(sealed);
  }

  /** The commitment over all leaves. */
  async commit(leaves) {
    return this.suite.digest(joined(utf8("env1"), this.headerDigest, ...leaves));
  }

  /** Certificate and signature, or that there are none, bound to the commitment. */
  async attest(commit, { certificates = [], signature = "" } = {}) {
    const statement = utf8(canonical({ certificates, signature }));
    const block = new Uint8Array(ATTESTATION);
    block.set(lengthOf(statement.length));
    block.set(statement, 4);
    return this.suite.encrypt(this.attestationKey, new Uint8Array(12), block, commit);
  }
}
