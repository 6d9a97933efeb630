// A custodian's page: the secret is made in this browser, kept as a file, and shown to the server only when it is revealed.

import { fromHex, hex } from "../evidence/log.js";
import { commitmentTo } from "./hs1.js";

const commit = document.getElementById("commit");
const reveal = document.getElementById("reveal");
const FORMAT = "luochui-secret/v1";

const save = (name, content) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};

const make = async () => {
  const secret = hex(crypto.getRandomValues(new Uint8Array(32)));
  const commitment = await commitmentTo(fromHex(secret));
  commit.elements.commitment.value = commitment;
  commit.dataset.secret = secret;
  document.getElementById("commitment").textContent = commitment;
  save(`luochui-draw-${commit.dataset.draw}.json`, JSON.stringify({ format: FORMAT, draw: commit.dataset.draw, secret, commitment }));
  document.getElementById("made").hidden = false;
  commit.querySelector("[type=submit]").disabled = false;
};

if (commit) {
  document.getElementById("make").addEventListener("click", make);
  commit.addEventListener("submit", () => {
    commit.elements.secret.value = commit.elements.keep.checked ? commit.dataset.secret : "";
  });
}

if (reveal) {
  const file = document.getElementById("secret-file");
  file.addEventListener("change", async () => {
    try {
      const kept = JSON.parse(await file.files[0].text());
      const fits = kept.format === FORMAT && (await commitmentTo(fromHex(kept.secret))) === reveal.dataset.commitment;
      reveal.elements.secret.value = fits ? kept.secret : "";
      document.getElementById("wrong-file").hidden = fits;
    } catch {
      document.getElementById("wrong-file").hidden = false;
    }
    reveal.querySelector("[type=submit]").disabled = !reveal.elements.secret.value;
  });
}
