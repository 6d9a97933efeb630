// The page of one entry: its leaf and every step up to the signed root, computed again in this browser. No request is made.

import { bytesOf, canonical, fromBase64, fromHex, hex, isSigned, readNote, rootFrom, same, sha256 } from "./log.js";
import { Steps, wordsOf } from "./steps.js";

const place = document.getElementById("recompute");
const words = wordsOf(document.getElementById("words"));
const found = JSON.parse(document.getElementById("entry-data").textContent);

const checkLeaf = async ({ actor, key, payload, prev, seq, stream, ts, type }, steps) => {
  const payload_sha256 = hex(await sha256(bytesOf(canonical(payload))));
  const leaf = canonical({ actor, key, payload_sha256, prev, seq, stream, ts, type });
  const hash = hex(await sha256(Uint8Array.of(0), bytesOf(leaf)));
  steps.add("payload", true, `SHA-256(${words("content")}) = ${payload_sha256}`);
  steps.add("leaf", hash === found.hash && stream === found.stream && seq === found.seq, leaf, `SHA-256(00 ‖ ${words("column")}) = ${hash}`);
};

const checkTree = async (checkpoint, steps) => {
  const climbed = [];
  const told = (left, right, value) => climbed.push(`SHA-256(01 ‖ ${hex(left)} ‖ ${hex(right)}) = ${hex(value)}`);
  const root = await rootFrom(fromHex(found.hash), Number(found.index), checkpoint.size, found.path.map(fromBase64), told);
  for (const line of climbed) steps.add("node", true, line);
  steps.add("root", root !== null && same(root, checkpoint.root), `${checkpoint.origin} · ${checkpoint.size} · ${checkpoint.at}`, hex(checkpoint.root));
};

const check = async (steps) => {
  if (found.entry) await checkLeaf(found.entry, steps);
  if (found.path === null) return steps.add("root", null);
  const checkpoint = readNote(found.checkpoint);
  await checkTree(checkpoint, steps);
  steps.add("signed", await isSigned(checkpoint, found.keys));
};

const steps = new Steps(place.querySelector("ol"), words);
try {
  await check(steps);
} catch (error) {
  steps.add("read", false, String(error));
}
const verdict = place.querySelector("[role=status]");
verdict.textContent = words(steps.bad ? "fails" : steps.open ? "open" : "holds");
verdict.className = `notice ${steps.bad ? "stop" : steps.open ? "waiting" : "done"}`;
