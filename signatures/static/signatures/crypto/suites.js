// Suites of algorithms in the browser, the counterpart of signatures/crypto/suites.py: whoever signs or opens asks the
// suite of the certificate, and does not know which one it is. A suite has
//
//   name, digestName, digestTitle    as the platform stores it; OID and usual name of the digest that it signs with
//   digest(bytes)                    → Promise of the digest
//   signatureAlgorithm(certificate)  → the DER of the AlgorithmIdentifier that a CMS names
//   hashToSign(certificate, bytes)   → Promise of what a service signs that signs hashes
//   sign(pkcs8, certificate, bytes)  → Promise of the signature value as a CMS holds it
//   unwrap(pkcs8, certificate, wrapped)
//                                    → Promise of the secret that was wrapped to the certificate (signing/signer.js)
//   makeKey()                        → Promise of {spki, kept}: a fresh signing key; `kept` is what IndexedDB keeps of it
//   signer(kept)                     → Promise of (bytes) => Promise of the raw signature r‖s, 64 bytes
//
// The national one is loaded when a key of it is met.

import { TAG, oidText } from "../signing/der.js";
import { INTERNATIONAL } from "./international.js";

const SM2_CURVE = "1.2.156.10197.1.301";
const LOADERS = {
  INTERNATIONAL: async () => INTERNATIONAL,
  SM: async () => (await import("./sm.js")).SM,
};

/** The suite of that name, as the platform stores it. */
export const suiteNamed = (name) => LOADERS[name]();

/** The suite of a public key, given as the node of its AlgorithmIdentifier. */
export function suiteFor(algorithm) {
  const parameters = algorithm.children[1];
  const national = parameters?.tag === TAG.OID && oidText(parameters) === SM2_CURVE;
  return suiteNamed(national ? "SM" : "INTERNATIONAL");
}
