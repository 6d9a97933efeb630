// The bidder's part of an intake page: seal and upload, pause and go on, unlock at the opening.

import { keptOrMade } from "./device.js";
import { check, detached } from "../signing/attributes.js";
import { codeByCertificate, codeByDevice, get, keyChooser, pageData, post, say, text, withCertificate, words } from "./page.js";
import { fromBase64, toBase64 } from "./sbe.js";

const data = pageData("envelope-data");
const form = document.getElementById("seal-form");
const unlocking = document.getElementById("unlock-form");
const one = (id) => document.getElementById(id);
const chooser = keyChooser(one("seal-trouble") ?? one("unlock-trouble"));

/** The bidder's signature over the commitment, to be sealed in: by the certificate that was chosen, checked here first. */
async function attestation(commit) {
  if (!data.mustSign) return {};
  const { certificate, port } = chooser;
  if (!certificate) throw Object.assign(new Error(text("choose-certificate")), { told: true });
  const bytes = Uint8Array.from(commit.match(/../g), (pair) => parseInt(pair, 16));
  const answer = await post(data.urls.attest, { commit, certificate: toBase64(certificate.der) });
  const attributes = fromBase64(answer.attributes);
  await check(attributes, { content: bytes, certificate });
  const signature = await port.signAttrs(certificate, attributes, { ticket: answer.ticket, title: document.title });
  const certificates = [certificate.der, ...certificate.chain].map(toBase64);
  chooser.used();
  return { certificates, signature: toBase64(detached({ attributes, certificate, signature })) };
}

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const megabytes = (bytes) => number.format(bytes / 1e6);

/** A run of the worker, from the chosen files to the receipt. */
class Run {
  #worker = new Worker(data.worker);
  #began = performance.now();
  #paused = false;

  constructor(order) {
    this.#worker.onmessage = ({ data: message }) => this[message.type]?.(message);
    this.#worker.onerror = () => this.failed({ reason: "broken" });
    this.#worker.postMessage(order);
    one("seal-pause").onclick = () => this.#toggle();
    one("seal-running").hidden = false;
    one("seal-button").disabled = true;
    addEventListener("beforeunload", this.#stay);
  }

  #stay = (event) => event.preventDefault();

  #toggle() {
    this.#worker.postMessage({ type: this.#paused ? "resume" : "pause" });
    this.#paused = !this.#paused;
    one("seal-pause").textContent = text(this.#paused ? "resume" : "pause");
    if (!this.#paused) say(one("seal-status"), text("going-on"));
  }

  /** Everything but the signature is sealed. A signature that fails can be tried again: the upload waits. */
  async commit({ commit }) {
    one("seal-sign").hidden = true;
    say(one("seal-trouble"), "");
    if (data.mustSign) say(one("seal-status"), text("attesting"));
    try {
      this.#worker.postMessage({ type: "attestation", attestation: await attestation(commit) });
    } catch (error) {
      say(one("seal-trouble"), words(error));
      one("seal-sign").hidden = false;
      one("seal-sign").onclick = () => this.commit({ commit });
    }
  }

  sent({ bytes, total }) {
    if (this.#paused) return;
    one("seal-progress").max = total;
    one("seal-progress").value = bytes;
    const seconds = (performance.now() - this.#began) / 1000;
    const rate = megabytes(bytes / Math.max(seconds, 0.1));
    say(one("seal-status"), text("sending", { sent: megabytes(bytes), total: megabytes(total), rate }));
  }

  accepted({ bytes, total }) {
    one("seal-running").dataset.accepted = String(bytes);
    one("seal-running").dataset.total = String(total);
  }

  paused() {
    say(one("seal-status"), text("paused"));
  }

  waiting() {
    say(one("seal-status"), text("waiting"));
  }

  done({ receipt }) {
    removeEventListener("beforeunload", this.#stay);
    this.#worker.terminate();
    location.assign(data.urls.receipt.replace("0".repeat(32), receipt));
  }

  failed({ reason, detail }) {
    removeEventListener("beforeunload", this.#stay);
    this.#worker.terminate();
    one("seal-running").hidden = true;
    one("seal-button").disabled = false;
    say(one("seal-trouble"), reason === "refused" && detail ? detail : text(reason));
  }
}

async function begin(files) {
  say(one("seal-trouble"), "");
  const ready = files.length === 1 && files[0].name.endsWith(".sbe");
  if (!ready && data.mustSign && !chooser.certificate) return say(one("seal-trouble"), text("choose-certificate"));
  try {
    const { token } = await post(data.urls.token, {});
    const upload = { endpoint: data.urls.uploads, token, language: document.documentElement.lang };
    if (ready) return new Run({ type: "send", file: files[0], ...upload });
    const key = await keptOrMade(data.keyName, data.terms.alg);
    const bidderKeys = [key.spki, ...data.certificateKeys];
    return new Run({ type: "seal", terms: data.terms, bidder: data.bidder, bidderKeys, files, ...upload });
  } catch (error) {
    say(one("seal-trouble"), words(error));
    return null;
  }
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const files = [...form.elements.files.files];
  if (files.length) begin(files);
  else say(one("seal-trouble"), text("choose"));
});

async function unlock() {
  say(one("unlock-trouble"), "");
  try {
    const { locked } = await get(withCertificate(data.urls.locked, chooser));
    const typed = unlocking.elements.code.value.trim();
    let code = typed || null;
    for (const { slot } of locked) code ??= await codeByDevice(slot, data.keyName);
    // The device's own slot stands first; the certificate is asked for it last.
    for (const slot of chooser?.certificate ? [...locked.slice(1), locked[0]] : []) code ??= await codeByCertificate(slot, chooser);
    if (!code) throw Object.assign(new Error(text("no-key")), { told: true });
    await post(data.urls.unlock, { code });
    location.reload();
  } catch (error) {
    say(one("unlock-trouble"), words(error));
  }
}

unlocking?.addEventListener("submit", (event) => {
  event.preventDefault();
  unlock();
});

for (const button of document.querySelectorAll("[data-needs-script]")) button.disabled = false;
