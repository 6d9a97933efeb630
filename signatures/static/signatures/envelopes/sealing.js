// The bidder's part of an intake page: seal and upload, pause and go on, unlock at the opening.

import { keptOrMade } from "./device.js";
import { codeByDevice, get, pageData, post, say, text, words } from "./page.js";

const data = pageData("envelope-data");
const form = document.getElementById("seal-form");
const unlocking = document.getElementById("unlock-form");
const one = (id) => document.getElementById(id);

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

  sealed() {}

  commit() {
    this.#worker.postMessage({ type: "attestation", attestation: {} });
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
  try {
    const { token } = await post(data.urls.token, {});
    const upload = { endpoint: data.urls.uploads, token, language: document.documentElement.lang };
    if (ready) return new Run({ type: "send", file: files[0], ...upload });
    const key = await keptOrMade(data.keyName);
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
    const { locked } = await get(data.urls.locked);
    const typed = unlocking.elements.code.value.trim();
    let code = typed || null;
    for (const { slot } of locked) code ??= await codeByDevice(slot, data.keyName);
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
