// The one signing dialogue: reckon the hash again, have the key sign, hand the signature in.

import { check } from "./attributes.js";
import { fromBase64, joined, sha256, toBase64, toHex } from "./bytes.js";
import { KeyChooser } from "./chooser.js";
import { pageData, post, tag, text, words } from "./page.js";

const data = pageData("signing-data");
const sign = document.getElementById("signing-sign");
const status = document.getElementById("signing-status");
const trouble = document.getElementById("signing-trouble");
const shownDigest = document.getElementById("signing-digest");
const checked = document.getElementById("signing-checked");
const chooser = new KeyChooser();
let readable = false;
let busy = false;

const say = (said) => {
  status.textContent = said;
};

function complain(said) {
  trouble.textContent = said;
  trouble.hidden = said === "";
  if (said) trouble.scrollIntoView({ block: "nearest" });
}

const refresh = () => {
  sign.disabled = busy || !readable || chooser.certificate === null;
};

/** A hash as the platform's pages show it. */
function hash(digits) {
  const shown = document.createElement("code");
  shown.className = "hash";
  shown.textContent = digits;
  return shown;
}

/** What is signed: all of the content, or the byte ranges of a PDF. */
async function covered(ranges) {
  const response = await fetch(data.urls.content, { credentials: "same-origin", cache: "no-store" });
  if (!response.ok) throw new TypeError("the content cannot be read");
  const content = new Uint8Array(await response.arrayBuffer());
  const parts = ranges.map(([offset, length]) => content.subarray(offset, offset + length));
  return parts.length ? joined(...parts) : content;
}

/** Compare the hash that the page shows with our own. Of a PDF it is known once it is prepared for a certificate. */
async function checkShown() {
  if (!data.digest) {
    readable = true;
    return refresh();
  }
  try {
    readable = toHex(await sha256(await covered([]))) === data.digest;
    checked.replaceChildren(tag(readable ? "done" : "stop", text(readable ? "digest-right" : "digest-wrong")));
  } catch (error) {
    complain(words(error));
  }
  refresh();
}

/** The bytes to be signed, compared with the content and the certificate before any key sees them. */
async function prepared(certificate) {
  const { suite } = certificate;
  const answer = await post(data.urls.prepare, { certificate: toBase64(certificate.der) });
  const content = await covered(answer.ranges);
  const right = toHex(await sha256(content)) === (data.digest || answer.digest);
  const shown = data.digest ? [...shownDigest.childNodes] : [hash(answer.digest)];
  // Of another suite's digest, the agent shows that one: both stand here to be compared.
  if (suite.digest !== sha256) shown.push(document.createElement("br"), `${suite.digestTitle} `, hash(toHex(await suite.digest(content))));
  shownDigest.replaceChildren(...shown);
  checked.replaceChildren(tag(right ? "done" : "stop", text(right ? "digest-right" : "digest-wrong")));
  if (!right) throw Object.assign(new Error("another content"), { name: "Blind" });
  const attributes = fromBase64(answer.attributes);
  await check(attributes, { content, certificate });
  return { attributes, ticket: answer.ticket };
}

async function run() {
  const { certificate, port } = chooser;
  say(text("preparing"));
  const { attributes, ticket } = await prepared(certificate);
  say(text(port.id === "agent-ws" ? "signing-agent" : "signing"));
  const signature = await port.signAttrs(certificate, attributes, { ticket, title: data.title });
  say(text("storing"));
  const { url } = await post(data.urls.complete, { signature: toBase64(signature) });
  chooser.used();
  say(text("done"));
  location.assign(url);
}

sign.addEventListener("click", async () => {
  busy = true;
  refresh();
  complain("");
  try {
    await run();
  } catch (error) {
    say("");
    complain(words(error));
    busy = false;
    refresh();
  }
});
chooser.addEventListener("change", refresh);
chooser.addEventListener("status", ({ detail }) => say(detail.words));
chooser.addEventListener("trouble", ({ detail }) => complain(detail.words));
addEventListener("pagehide", () => chooser.port?.close());
checkShown();
chooser.start();
