// Remote signing: the key lives with a provider that speaks the API of the Cloud Signature Consortium, version 2. This
// browser speaks with the provider itself; password and PIN never pass the platform.

import { ecdsaValue, oidText, whole } from "./der.js";
import { fromBase64, toBase64, utf8 } from "./bytes.js";
import { HolderCertificate } from "./certificate.js";
import { KeyTrouble, requireKey } from "./signer.js";

const TIMEOUT_MS = 30_000;

export class Csc {
  id = "csc";
  inputs = ["account", "password", "pin"];
  #url;
  #token = "";
  #pin = "";
  #held = new Map();

  constructor({ url }) {
    this.#url = url.replace(/\/$/, "");
  }

  /** Signs in with the provider (auth/login) and lists the enabled credentials. Throws `KeyTrouble`. */
  async listCerts({ account, password, pin }) {
    this.close();
    this.#pin = pin;
    const basic = `Basic ${toBase64(utf8(`${account}:${password}`))}`;
    this.#token = (await this.#call("auth/login", { rememberMe: false }, basic)).access_token;
    const listed = await this.#call("credentials/list", { credentialInfo: true, certificates: "chain", onlyValid: true });
    for (const { credentialID, key, cert } of listed.credentialInfos ?? []) {
      if (key?.status !== "enabled" || !cert?.certificates?.length) continue;
      const [own, ...chain] = cert.certificates.map(fromBase64);
      const certificate = await HolderCertificate.of(own, chain);
      if (key.algo.includes(algorithmOf(certificate))) this.#held.set(certificate.id, { certificate, credentialID });
    }
    if (this.#held.size === 0) throw new KeyTrouble("csc-no-key");
    return [...this.#held.values()].map(({ certificate }) => certificate);
  }

  /** Authorises exactly this hash (credentials/authorize) and has it signed (signatures/signHash). */
  async signAttrs(certificate, attributes, { title }) {
    const { credentialID } = requireKey(this.#held, certificate);
    const hashes = [toBase64(await certificate.suite.hashToSign(certificate, attributes))];
    const bound = { credentialID, hashes, hashAlgorithmOID: certificate.suite.digestName };
    const { SAD } = await this.#call("credentials/authorize", {
      ...bound,
      numSignatures: 1,
      authData: [{ id: "PIN", value: this.#pin }],
      description: title,
    });
    const answer = await this.#call("signatures/signHash", { ...bound, SAD, signAlgo: algorithmOf(certificate) });
    const value = fromBase64(answer.signatures[0]);
    return certificate.keyType === "EC" && value.length === 64 && value[0] !== 0x30 ? ecdsaValue(value) : value;
  }

  /** The API signs; it opens nothing. */
  async unwrap() {
    throw new KeyTrouble("csc-signs-only");
  }

  close() {
    this.#held.clear();
    this.#token = "";
    this.#pin = "";
  }

  async #call(method, body, authorization = `Bearer ${this.#token}`) {
    let response;
    try {
      response = await fetch(`${this.#url}/${method}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: authorization },
        body: JSON.stringify(body),
        credentials: "omit",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw new KeyTrouble("csc-missing");
    }
    if (response.ok) return response.json();
    const problem = await response.json().catch(() => ({}));
    const denied = response.status === 401 || problem.error === "invalid_pin" || problem.error === "authentication_error";
    throw new KeyTrouble(denied ? "csc-denied" : "csc-failed", problem.error_description ?? "");
  }
}

const algorithmOf = (certificate) => oidText(whole(certificate.suite.signatureAlgorithm(certificate)).children[0]);
