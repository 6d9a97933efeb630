// A key in a .p12 file. The file and its password are read in this browser; the key lives as long as the page, and its
// suite signs with it.

import { HolderCertificate } from "./certificate.js";
import { KeyTrouble, requireKey } from "./signer.js";

const LARGEST_BYTES = 1_000_000;
const MOST_ITERATIONS = 10_000_000;
const PBES2 = "1.2.840.113549.1.5.13";
const SM2 = ["SM2", "1.2.156.10197.1.301", 32];

let library = null;
const pkijs = () => (library ??= import("../../vendor/pkijs/pkijs.js"));

export class SoftP12 {
  id = "soft-p12";
  inputs = ["file", "password"];
  #held = new Map();

  /** The certificates in the file whose keys are there too. Throws `KeyTrouble`. */
  async listCerts({ file, password }) {
    this.close();
    if (!file) throw new KeyTrouble("p12-missing");
    if (file.size > LARGEST_BYTES) throw new KeyTrouble("p12-unreadable");
    const { keys, certificates } = await opened(new Uint8Array(await file.arrayBuffer()), password ?? "");
    for (const { info, localKeyId } of keys) {
      const own = certificates.find((one) => belongsTo(one, localKeyId, certificates, keys));
      if (!own) continue;
      const chain = certificates.filter((one) => one !== own).map((one) => one.der);
      const certificate = await HolderCertificate.of(own.der, chain);
      this.#held.set(certificate.id, { certificate, pkcs8: new Uint8Array(info.toSchema().toBER(false)) });
    }
    if (this.#held.size === 0) throw new KeyTrouble("p12-no-key");
    return [...this.#held.values()].map(({ certificate }) => certificate);
  }

  /** The signature over `attributes` as a CMS holds it. */
  async signAttrs(certificate, attributes) {
    const { pkcs8 } = requireKey(this.#held, certificate);
    return certificate.suite.sign(pkcs8, certificate, attributes);
  }

  /** The secret that somebody wrapped to this certificate (docs/signing-agent.md, “unwrap”). */
  async unwrap(certificate, wrapped) {
    const { pkcs8 } = requireKey(this.#held, certificate);
    return certificate.suite.unwrap(pkcs8, certificate, wrapped);
  }

  close() {
    this.#held.clear();
  }
}

/** The keys and certificates in a PKCS #12 file. Legacy encryption is named, a wrong password too. */
async function opened(bytes, password) {
  const { CryptoEngine, ECNamedCurves, PFX, setEngine } = await pkijs();
  setEngine("browser", new CryptoEngine({ name: "browser", crypto }));
  ECNamedCurves.register(...SM2); // a file with a key on a curve that the library cannot name is none to it
  let pfx;
  try {
    pfx = PFX.fromBER(bytes);
  } catch {
    throw new KeyTrouble("p12-unreadable");
  }
  refuseEndlessWork(pfx.macData?.iterations ?? 0);
  const secret = new TextEncoder().encode(password).buffer;
  // The MAC's own derivation widens Latin characters; with others the encryption alone tells a wrong password.
  const latin = [...password].every((character) => character.codePointAt(0) < 0x80);
  try {
    await pfx.parseInternalValues({ password: secret, checkIntegrity: latin });
  } catch (error) {
    throw new KeyTrouble(/integrity/i.test(error.message) ? "p12-password" : "p12-unreadable");
  }
  const safe = pfx.parsedValue.authenticatedSafe;
  safe.safeContents.forEach(refuseLegacySafe);
  try {
    await safe.parseInternalValues({ safeContents: safe.safeContents.map(() => ({ password: secret })) });
  } catch {
    throw new KeyTrouble("p12-password");
  }
  return contents(safe.parsedValue.safeContents, secret);
}

/** What the bags hold: shrouded and plain keys as PKCS #8, X.509 certificates as DER. */
async function contents(safes, secret) {
  const found = { keys: [], certificates: [] };
  for (const bag of safes.flatMap((safe) => safe.value.safeBags)) {
    const localKeyId = localKeyIdOf(bag);
    const kind = bag.bagValue.constructor.CLASS_NAME ?? bag.bagValue.className;
    if (kind === "PKCS8ShroudedKeyBag") {
      refuseLegacy(bag.bagValue.encryptionAlgorithm);
      try {
        await bag.bagValue.parseInternalValues({ password: secret });
      } catch {
        throw new KeyTrouble("p12-password");
      }
      found.keys.push({ info: bag.bagValue.parsedValue, localKeyId });
    } else if (kind === "PrivateKeyInfo") {
      found.keys.push({ info: bag.bagValue, localKeyId });
    } else if (kind === "CertBag" && bag.bagValue.parsedValue) {
      found.certificates.push({ der: new Uint8Array(bag.bagValue.parsedValue.toSchema(true).toBER(false)), localKeyId });
    }
  }
  return found;
}

function refuseLegacySafe(content) {
  if (content.contentType !== "1.2.840.113549.1.7.6") return;
  const encrypted = content.content.valueBlock.value[1].valueBlock.value[1].valueBlock.value;
  const name = encrypted[0].valueBlock.toString();
  if (name !== PBES2) throw new KeyTrouble("p12-legacy");
}

function refuseLegacy(algorithm) {
  if (algorithm.algorithmId !== PBES2) throw new KeyTrouble("p12-legacy");
}

/** A hostile file may ask for a key derivation that takes hours. */
function refuseEndlessWork(iterations) {
  if (iterations > MOST_ITERATIONS) throw new KeyTrouble("p12-unreadable");
}

const localKeyIdOf = (bag) => {
  const attribute = bag.bagAttributes?.find((one) => one.type === "1.2.840.113549.1.9.21");
  return attribute ? String(new Uint8Array(attribute.values[0].valueBlock.valueHexView)) : null;
};

/** The certificate of a key: the one with its local key id, or the only leaf of the file. */
function belongsTo(certificate, localKeyId, certificates, keys) {
  if (localKeyId !== null) return certificate.localKeyId === localKeyId;
  return keys.length === 1 && certificate === certificates[0];
}
