// A key on a USB token, through the agent on this computer (docs/signing-agent.md). The agent shows the order again and
// asks for the PIN itself: no page sees a PIN.

import { fromBase64, toBase64 } from "./bytes.js";
import { HolderCertificate } from "./certificate.js";
import { KeyTrouble, unwrapWith } from "./signer.js";

const PROTOCOL = "luochui/agent/v1";
const OPEN_TIMEOUT_MS = 3_000;

export class AgentWs {
  id = "agent-ws";
  inputs = [];
  #urls;
  #socket = null;
  #waiting = new Map();
  #number = 0;

  constructor({ urls }) {
    this.#urls = urls;
  }

  /** The certificates on the tokens of this computer. Throws `KeyTrouble` when there is no agent or no token. */
  async listCerts() {
    const answer = await this.#ask({ type: "list" });
    const found = [];
    for (const { certificate, token } of answer.certificates) {
      found.push(await HolderCertificate.of(fromBase64(certificate), [], token));
    }
    if (found.length === 0) throw new KeyTrouble("agent-no-token");
    return found;
  }

  /** The signature over `attributes`; `order.ticket` is the platform's, used once. */
  async signAttrs(certificate, attributes, { ticket }) {
    const answer = await this.#ask({ type: "sign", certificate: certificate.id, attributes: toBase64(attributes), ticket });
    return fromBase64(answer.signature);
  }

  /** The secret that somebody wrapped to the certificate; `order.ticket` is the platform's, used once. */
  async unwrap(certificate, wrapped, { ticket }) {
    const spelled = { alg: wrapped.alg, ciphertext: toBase64(wrapped.ciphertext) };
    for (const name of ["epk", "salt", "iv"]) if (wrapped[name]) spelled[name] = toBase64(wrapped[name]);
    const answer = await this.#ask({ type: "unwrap", certificate: certificate.id, wrapped: spelled, ticket });
    if (answer.type === "unwrapped") return fromBase64(answer.secret);
    return unwrapWith(wrapped, async () => fromBase64(answer.shared));
  }

  close() {
    this.#socket?.close();
    this.#socket = null;
  }

  async #ask(message) {
    const socket = await this.#open();
    const id = String((this.#number += 1));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ ...message, id }));
    });
  }

  async #open() {
    if (this.#socket?.readyState === WebSocket.OPEN) return this.#socket;
    for (const url of this.#urls) {
      const socket = await opened(url);
      if (!socket) continue;
      this.#socket = socket;
      socket.addEventListener("message", ({ data }) => this.#heard(JSON.parse(data)));
      socket.addEventListener("close", () => this.#lost());
      return socket;
    }
    throw new KeyTrouble("agent-missing");
  }

  #heard(answer) {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.type === "refusal") waiting?.reject(new KeyTrouble(`agent-${answer.code}`, answer.message));
    else waiting?.resolve(answer);
  }

  #lost() {
    this.#socket = null;
    for (const { reject } of this.#waiting.values()) reject(new KeyTrouble("agent-missing"));
    this.#waiting.clear();
  }
}

/** A socket that said hello in our protocol, or null. */
function opened(url) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const timer = setTimeout(() => socket.close(), OPEN_TIMEOUT_MS);
    const settle = (found) => {
      clearTimeout(timer);
      if (!found) socket.close();
      resolve(found);
    };
    socket.addEventListener("close", () => settle(null), { once: true });
    socket.addEventListener(
      "message",
      ({ data }) => settle(JSON.parse(data).protocol === PROTOCOL ? socket : null),
      { once: true },
    );
  });
}
