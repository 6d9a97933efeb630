// The officer's own device: makes the key, tries it, unlocks at the opening, passes a seat on. The key never leaves here.

import { make } from "./device.js";
import { codeByCertificate, codeByDevice, get, keyChooser, pageData, post, say, text, withCertificate, words } from "./page.js";
import { fromBase64, rewrap, toBase64 } from "./sbe.js";

const data = pageData("officer-data");
const trouble = document.getElementById("officer-trouble");

const chooser = keyChooser(trouble);

const none = () => Object.assign(new Error(text("no-key")), { told: true });

/** Make the key on this device and show at once that it can be used. */
async function makeKey({ url, name, alg }) {
  const key = await make(name, alg);
  await prove(await post(url.key, { spki: key.spki }), { url, name });
}

/** Enter the key of the chosen certificate instead. */
async function enterCertificate({ url, name }) {
  if (!chooser?.certificate) throw Object.assign(new Error(text("choose-certificate")), { told: true });
  const spki = toBase64(chooser.certificate.keyInfo);
  await prove(await post(withCertificate(url.key, chooser), { spki, kept_on: "certificate" }), { url, name });
  chooser.used();
}

async function prove(locked, { url, name }) {
  const code = await codeOf(locked, name);
  if (!code) throw none();
  await post(url.try, { code });
}

/** By this device, else by the chosen certificate. */
async function codeOf(locked, name) {
  const code = await codeByDevice(locked.slot, name);
  return code ?? (chooser?.certificate ? codeByCertificate(locked, chooser) : null);
}

/** Unlock the officer's share of every envelope of the opening. */
async function unlock({ url, name }) {
  const { locked } = await get(withCertificate(url.locked, chooser));
  const codes = {};
  for (const one of locked) {
    const code = await codeOf(one, name);
    if (code) codes[one.envelope] = code;
  }
  if (locked.length && !Object.keys(codes).length) throw none();
  await post(url.unlock, { codes });
}

/** Re-wrap every share to the successor; which of them are real is not known here. */
async function handOver({ url, name }, form) {
  const [successor, spki] = form.elements.successor.value.split(" ");
  const { shares } = await get(withCertificate(url.shares, chooser));
  const slots = [];
  for (const { ref, slot, ctx, ticket } of shares) {
    const code = await codeOf({ slot, ticket }, name);
    if (!code) throw none();
    slots.push({ ref, slot: await rewrap(slot, fromBase64(code), fromBase64(spki), fromBase64(ctx)) });
  }
  await post(url.handOver, { successor, spki, slots });
}

const ACTS = { makeKey, enterCertificate, unlock, handOver };

async function act(button, work) {
  say(trouble, "");
  button.disabled = true;
  try {
    await work();
    location.reload();
  } catch (error) {
    say(trouble, words(error));
    button.disabled = false;
  }
}

for (const button of document.querySelectorAll("[data-act]")) {
  const form = button.closest("form");
  const subject = data[button.dataset.of];
  button.disabled = false;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    act(button, () => ACTS[button.dataset.act](subject, form));
  });
}
