// The draw HS-v1, written a second time for the browser: seed, numbers, choice.

import { bytesOf, canonical, concat, fromHex, hex, sha256 } from "../evidence/log.js";

const LABEL = concat(bytesOf("HS-v1"), Uint8Array.of(0));
const WORD = 1n << 64n;

const compare = (one, two) => {
  const [left, right] = [bytesOf(one), bytesOf(two)];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) if (left[at] !== right[at]) return left[at] - right[at];
  return left.length - right.length;
};

export const inOrder = (entries) => [...entries].sort(compare);
export const listHash = async (entries) => hex(await sha256(bytesOf(canonical(inOrder(entries)))));
export const commitmentTo = async (secret) => hex(await sha256(secret));

export const seedOf = async ({ drawId, rosterHash, secrets, nonces, beacon }) => {
  const ordered = nonces.map(hex).sort().map(fromHex);
  return sha256(bytesOf(drawId), fromHex(rosterHash), ...secrets, ...ordered, beacon);
};

const eightBytes = (number) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(number));
  return new Uint8Array(view.buffer);
};

/** The choice with every step: `{counter, word, left, place, entry}`; `place` is null for a number that is thrown away. */
export const choose = async (roster, exclusions, k, seed) => {
  const key = await crypto.subtle.importKey("raw", seed, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const left = inOrder(roster).filter((entry) => !exclusions.includes(entry));
  const steps = [];
  const chosen = [];
  for (let counter = 0; chosen.length < k; counter += 1) {
    if (left.length === 0) throw new Error("more are drawn than there are");
    const block = await crypto.subtle.sign("HMAC", key, concat(LABEL, eightBytes(counter)));
    const word = new DataView(block).getBigUint64(0);
    const bound = BigInt(left.length);
    const fits = word < WORD - (WORD % bound);
    const place = fits ? Number(word % bound) : null;
    steps.push({ counter, word: word.toString(), left: left.length, place, entry: fits ? left[place] : null });
    if (fits) chosen.push(...left.splice(place, 1));
  }
  return { chosen, steps };
};
