// Proving that a key is in hand, to sign in or to bind a certificate: this page makes the statement, the key signs it.

import { check } from "../signatures/signing/attributes.js";
import { fromBase64, toBase64, utf8 } from "../signatures/signing/bytes.js";
import { KeyChooser } from "../signatures/signing/chooser.js";
import { pageData, post, text, words } from "../signatures/signing/page.js";

const data = pageData("proof-data");
const go = document.getElementById("proof-go");
const status = document.getElementById("proof-status");
const trouble = document.getElementById("proof-trouble");
const chooser = new KeyChooser();
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
  go.disabled = busy || chooser.certificate === null;
};

/** Canonical JSON (RFC 8785) of an object of texts: members in order, no spaces. */
const canonical = (members) => JSON.stringify(members, Object.keys(members).sort());

function statement(challenge, certificate) {
  const members = {
    ctx: data.context,
    origin: location.origin,
    nonce: challenge.nonce,
    session: challenge.session,
    iat: new Date().toISOString(),
    cert_sha256: certificate.id,
  };
  if (data.context === "bind/v1") {
    members.organisation = data.organisation;
    members.kind = document.querySelector("[name=kind]:checked").value;
  }
  return utf8(canonical(members));
}

async function run() {
  const { certificate, port } = chooser;
  say(text("preparing"));
  const made = statement(await post(data.urls.challenge, {}), certificate);
  const asked = { statement: toBase64(made), certificate: toBase64(certificate.der) };
  const { attributes, ticket } = await post(data.urls.prepare, asked);
  const toSign = fromBase64(attributes);
  await check(toSign, { content: made, certificate });
  say(text(port.id === "agent-ws" ? "signing-agent" : "signing"));
  const signature = await port.signAttrs(certificate, toSign, { ticket, title: go.textContent });
  say(text("storing"));
  const chain = certificate.chain.map((one) => toBase64(one));
  const { url } = await post(data.urls.complete, { ...asked, chain, signature: toBase64(signature) });
  chooser.used();
  say("");
  location.assign(data.next ?? url);
}

go.addEventListener("click", async () => {
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
chooser.start();
