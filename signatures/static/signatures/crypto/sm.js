// The national suite 国密: SM2 with SM3. A key for signing bids is sealed while it is not in use (keep.js).

import { ecdsaValue, oid, sequence } from "../signing/der.js";
import { KeyTrouble } from "../signing/signer.js";
import { opened, sealed } from "./keep.js";
import * as national from "./national.js";

const ALGORITHM = sequence(oid(national.SM2_WITH_SM3));

export const SM = Object.freeze({
  name: "SM",
  digestName: national.SM3,
  digestTitle: "SM3",
  digest: async (bytes) => national.sm3(bytes),
  signatureAlgorithm: () => ALGORITHM,
  hashToSign: async ({ keyInfo }, bytes) => national.signedHash(national.fromSpki(keyInfo), bytes),
  sign: async (pkcs8, certificate, bytes) => ecdsaValue(national.sign(keyIn(pkcs8), bytes)),

  async unwrap(pkcs8, certificate, { ciphertext }) {
    const key = keyIn(pkcs8);
    try {
      return national.unwrap(key, ciphertext);
    } catch {
      throw new KeyTrouble("unwrap-failed");
    }
  },

  async makeKey() {
    const { privateKey, publicKey } = national.generate();
    const kept = await sealed(privateKey);
    privateKey.fill(0);
    return { spki: national.toSpki(publicKey), kept };
  },

  async signer(kept) {
    return async (bytes) => {
      const key = await opened(kept);
      const signature = national.sign(key, bytes);
      key.fill(0);
      return signature;
    };
  },
});

function keyIn(pkcs8) {
  try {
    return national.fromPkcs8(pkcs8);
  } catch {
    throw new KeyTrouble("p12-key-kind");
  }
}
