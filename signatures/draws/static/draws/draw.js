// The page of a draw: fetches the record once and computes everything again in this browser.

import { bytesOf, concat, entryHash, fromHex, hex, isIncluded, isSigned, readNote, same, sha256 } from "../evidence/log.js";
import { Steps, wordsOf } from "../evidence/steps.js";
import { choose, commitmentTo, listHash, seedOf } from "./hs1.js";

const place = document.getElementById("recompute");
const words = wordsOf(document.getElementById("words"));
const equal = (one, two) => JSON.stringify(one) === JSON.stringify(two);

const checkChain = async (record, steps) => {
  let prev = "0".repeat(64);
  let good = record.entries.length > 0;
  for (const [number, entry] of record.entries.entries()) {
    const hash = hex(await entryHash(entry));
    good = good && entry.stream === `draw:${record.draw_id}` && entry.seq === String(number + 1) && entry.prev === prev && entry.hash === hash;
    prev = entry.hash;
  }
  steps.add("chain", good, ...record.entries.map((entry) => `${entry.seq} ${entry.type} ${entry.hash}`));
};

const checkLog = async (record, steps) => {
  if (!record.checkpoint) return steps.add("log", null);
  const checkpoint = readNote(record.checkpoint);
  let good = true;
  for (const entry of record.entries) {
    if (entry.index === null) continue;
    good = good && (await isIncluded(fromHex(entry.hash), entry.index, entry.path, checkpoint));
  }
  steps.add("log", good, `${checkpoint.origin} · ${checkpoint.size} · ${checkpoint.at}`);
  steps.add("signed", await isSigned(checkpoint, record.keys));
};

const checkAnchor = async (record, announced, steps) => {
  const announcement = announced.payload;
  const known = announcement.beacon?.known_from ?? announcement.reveal_from;
  if (!record.anchor) return steps.add("before", record.entries.some((entry) => entry.type === "draw.completed") ? false : null);
  const anchor = readNote(record.anchor.note);
  const covered = await isIncluded(fromHex(announced.hash), record.anchor.index, record.anchor.path, anchor);
  const signed = await isSigned(anchor, record.keys);
  steps.add("before", covered && signed !== false && anchor.at <= known, `${anchor.at} ≤ ${known}`);
};

const checkLists = async (record, announcement, steps) => {
  const roster = await listHash(record.roster);
  const exclusions = await listHash(record.exclusions);
  const known = record.exclusions.every((entry) => record.roster.includes(entry));
  steps.add("roster", roster === announcement.roster_sha256 && new Set(record.roster).size === record.roster.length, `SHA-256 ${roster}`);
  steps.add("exclusions", known && exclusions === announcement.exclusions_sha256, `SHA-256 ${exclusions}`);
};

const secretsOf = (record, named, role) => named.map(({ ref }) =>
  record.entries.find(({ type, payload }) => type === "draw.revealed" && payload.role === role && payload.ref === ref)?.payload.secret ?? null);

const checkCommitments = async (named, secrets, steps) => {
  const lines = [];
  let good = true;
  for (const [number, { ref, commitment }] of named.entries()) {
    const secret = secrets[number];
    const found = secret === null ? null : await commitmentTo(fromHex(secret));
    good = good && found === commitment;
    lines.push(`${ref}: SHA-256(${secret ?? "…"}) = ${found ?? "…"}`);
  }
  steps.add("commitments", secrets.includes(null) ? null : good, ...lines);
};

const showNumbers = (drawn) => {
  const body = document.querySelector("#numbers tbody");
  body.replaceChildren(...drawn.map((step) => {
    const row = document.createElement("tr");
    for (const value of [step.counter, step.word, step.left, step.place ?? "—", step.entry ?? words("thrown")]) {
      const cell = document.createElement("td");
      cell.textContent = String(value);
      row.append(cell);
    }
    return row;
  }));
  document.getElementById("numbers").hidden = false;
};

const checkResult = async (record, announcement, held, beacon, steps) => {
  const completed = record.entries.find(({ type }) => type === "draw.completed");
  if (!completed) return;
  const rosterHash = await listHash(record.roster);
  const seed = await seedOf({
    drawId: record.draw_id, rosterHash, secrets: held.secrets.map(fromHex), nonces: held.nonces.map(fromHex),
    beacon: beacon ? fromHex(beacon.payload.value) : new Uint8Array(),
  });
  steps.add("seed", hex(seed) === completed.payload.seed, `SHA-256(draw ‖ roster ‖ secrets ‖ nonces ‖ beacon) = ${hex(seed)}`);
  const { chosen, steps: drawn } = await choose(record.roster, record.exclusions, Number(announcement.k), seed);
  showNumbers(drawn);
  steps.add("chosen", equal(chosen, completed.payload.selected), ...chosen);
};

const checkOpenings = async (record, steps) => {
  const disclosed = record.entries.find(({ type }) => type === "draw.disclosed");
  if (!disclosed) return;
  let good = true;
  for (const { hash, salt, entry } of disclosed.payload.openings) good = good && same(await sha256(concat(fromHex(salt), bytesOf(entry))), fromHex(hash));
  steps.add("openings", good, ...disclosed.payload.openings.map(({ entry }) => entry));
};

const recompute = async (record, steps) => {
  await checkChain(record, steps);
  await checkLog(record, steps);
  const announced = record.entries.find(({ type }) => type === "draw.announced");
  if (!announced) return;
  const announcement = announced.payload;
  await checkAnchor(record, announced, steps);
  await checkLists(record, announcement, steps);
  const secrets = secretsOf(record, announcement.custodians, "CUSTODIAN");
  const nonces = secretsOf(record, announcement.parties, "PARTY");
  await checkCommitments([...announcement.custodians, ...announcement.parties], [...secrets, ...nonces], steps);
  const beacon = record.entries.find(({ type }) => type === "draw.beacon");
  if (announcement.beacon) {
    const right = beacon && beacon.payload.round === announcement.beacon.round && beacon.payload.source === announcement.beacon.source;
    steps.add("beacon", beacon ? right : null, `${announcement.beacon.source} · ${announcement.beacon.round} · ${beacon?.payload.value ?? "…"}`);
  }
  if (!secrets.includes(null) && !nonces.includes(null)) await checkResult(record, announcement, { secrets, nonces }, beacon, steps);
  await checkOpenings(record, steps);
};

const run = async () => {
  const list = place.querySelector("ol");
  const verdict = place.querySelector("[role=status]");
  list.replaceChildren();
  const steps = new Steps(list, words);
  try {
    const answer = await fetch(place.dataset.record, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    await recompute(await answer.json(), steps);
  } catch (error) {
    steps.add("read", false, String(error));
  }
  verdict.textContent = words(steps.bad ? "fails" : steps.open ? "open" : "holds");
  verdict.className = `notice ${steps.bad ? "stop" : steps.open ? "waiting" : "done"}`;
};

place.querySelector("button").addEventListener("click", run);
run();
