// The part of a page where a holder chooses a key (templates/signing/keys.html): adapter, its inputs, the certificate.

import { pageData, text, words } from "./page.js";
import { adapter, remember, remembered } from "./signer.js";

const day = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", dateStyle: "short" });

/** Events: `change` (a certificate is chosen, or none any more), `trouble` {words}, `status` {words}. */
export class KeyChooser extends EventTarget {
  /** The chosen certificate, or null. */
  certificate = null;
  #form = document.getElementById("key-chooser");
  #list = document.getElementById("key-certificates");
  #look = document.getElementById("key-look");
  #options = pageData("signing-options");
  #port = null;
  #turn = 0;

  async start() {
    const known = remembered();
    const phone = matchMedia("(pointer: coarse)").matches && matchMedia("(max-width: 60rem)").matches;
    if (phone) for (const row of this.#form.querySelectorAll("[data-desktop]")) row.hidden = true;
    const radio = this.#form.querySelector(`[name=adapter][value="${CSS.escape(known.adapter ?? "")}"]`);
    if (radio && !radio.closest("[hidden]")) radio.checked = true;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.look();
    });
    this.#form.addEventListener("change", ({ target }) => {
      if (target.name === "adapter") this.#switch();
      else if (target.name === "certificate") this.#choose(target.value);
    });
    await this.#switch();
  }

  get port() {
    return this.#port;
  }

  /** Ask the adapter for the holder's certificates and show them. */
  async look() {
    this.#emit("trouble", { words: "" });
    this.#emit("status", { words: text("reading") });
    this.#look.disabled = true;
    try {
      this.#show(await this.#port.listCerts(this.#input()));
      this.#emit("status", { words: this.certificate ? "" : text("choose") });
    } catch (error) {
      this.#show([]);
      this.#emit("status", { words: "" });
      this.#emit("trouble", { words: words(error) });
    } finally {
      this.#look.disabled = false;
    }
  }

  /** The secret inputs are needed no longer; the choice is remembered, never a secret. */
  used() {
    remember({ adapter: this.#port.id, certificate: this.certificate.id });
    for (const input of this.#form.querySelectorAll("input[type=password]")) input.value = "";
  }

  async #switch() {
    const name = new FormData(this.#form).get("adapter");
    this.#look.disabled = true; // until there is something that can look
    // Here and not once it is loaded: by then the page may have told a trouble of its own.
    this.#emit("trouble", { words: "" });
    this.#emit("status", { words: "" });
    this.#port?.close();
    const turn = (this.#turn += 1);
    const port = await adapter(name, this.#options);
    if (turn !== this.#turn) return port.close(); // another one was chosen while this one was loaded
    this.#port = port;
    this.#look.disabled = false;
    for (const row of this.#form.querySelectorAll("[data-input]")) row.hidden = !this.#port.inputs.includes(row.dataset.input);
    for (const note of this.#form.querySelectorAll("[data-note]")) note.hidden = note.dataset.note !== name;
    this.#show([]);
  }

  #input() {
    const filled = new FormData(this.#form);
    return Object.fromEntries(this.#port.inputs.map((name) => {
      const value = filled.get(name);
      return [name, value instanceof File && value.size === 0 && !value.name ? null : value];
    }));
  }

  #show(certificates) {
    this.#certificates = certificates;
    this.certificate = null;
    this.#list.hidden = certificates.length === 0;
    this.#list.replaceChildren(this.#list.querySelector("legend"), ...certificates.map((one) => this.#row(one)));
    const usable = certificates.filter((one) => usability(one) === "");
    const known = usable.find((one) => one.id === remembered().certificate);
    const first = known ?? (usable.length === 1 ? usable[0] : null);
    if (first) this.#list.querySelector(`[value="${first.id}"]`).checked = true;
    this.#choose(first?.id ?? null);
  }

  #certificates = [];

  #row(certificate) {
    const bad = usability(certificate);
    const row = document.createElement("div");
    row.className = "form-check";
    const input = Object.assign(document.createElement("input"), {
      className: "form-check-input", type: "radio", name: "certificate", value: certificate.id, id: `certificate-${certificate.id}`, disabled: bad !== "",
    });
    const label = Object.assign(document.createElement("label"), { className: "form-check-label", htmlFor: input.id });
    const names = [certificate.name, certificate.organisation, certificate.token].filter(Boolean).join(" · ");
    const note = document.createElement("span");
    note.className = "small quiet certificate-note";
    note.textContent = text("valid-until", { issuer: certificate.issuerName, until: day.format(certificate.until) }) + (bad ? ` · ${text(bad)}` : "");
    label.append(names, note);
    row.append(input, label);
    return row;
  }

  #choose(id) {
    this.certificate = this.#certificates.find((one) => one.id === id) ?? null;
    this.#emit("change", {});
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Why a certificate cannot sign, as far as this page can see; the server decides. */
function usability(certificate) {
  if (!certificate.signs) return "not-for-signing";
  return certificate.until < new Date() ? "expired" : "";
}
