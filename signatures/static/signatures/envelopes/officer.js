// The officer's own device: makes the key, tries it, unlocks at the opening, passes a seat on. The key never leaves here.

import { make } from "./device.js";
import { codeByDevice, get, pageData, post, say, text, words } from "./page.js";
import { fromBase64, openSlot, wrap } from "./sbe.js";

const data = pageData("officer-data");
const trouble = document.getElementById("officer-trouble");

const none = () => Object.assign(new Error(text("no-key")), { told: true });

/** Make the key on this device and show at once that it can be used. */
async function makeKey({ url, name }) {
  const key = await make(name);
  const { slot } = await post(url.key, { spki: key.spki });
  await prove(slot, { url, name });
}

async function prove(slot, { url, name }) {
  const code = await codeByDevice(slot, name);
  if (!code) throw none();
  await post(url.try, { code });
}

/** Unlock the officer's share of every envelope of the opening. */
async function unlock({ url, name }) {
  const { locked } = await get(url.locked);
  const codes = {};
  for (const { envelope, slot } of locked) {
    const code = await codeByDevice(slot, name);
    if (code) codes[envelope] = code;
  }
  if (locked.length && !Object.keys(codes).length) throw none();
  await post(url.unlock, { codes });
}

/** Re-wrap every share to the successor; which of them are real is not known here. */
async function handOver({ url, name }, form) {
  const [successor, spki] = form.elements.successor.value.split(" ");
  const { shares } = await get(url.shares);
  const slots = [];
  for (const { ref, slot, ctx } of shares) {
    const code = await codeByDevice(slot, name);
    if (!code) throw none();
    const secret = await openSlot(slot, fromBase64(code), fromBase64(ctx));
    slots.push({ ref, slot: await wrap(secret, slot.for, fromBase64(spki), fromBase64(ctx)) });
  }
  await post(url.handOver, { successor, spki, slots });
}

const ACTS = { makeKey, unlock, handOver };

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
