// The composer of a bid: reads the fields, keeps the draft in this browser, checks all the time what the committee will
// check, and hands the files to the sealing script. The platform sees nothing of it before it is sealed.

import { capital, readTyped } from "../exchange/rooms/money.js";
import { blocks, check } from "./checks.js";
import { fen, multiply, parse, text as decimal } from "./decimal.js";
import { keepFile, keepValues, loadFiles, loadValues } from "./draft.js";
import { cleaned, isPdf, look, sha256 } from "./pdf-facts.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const data = read("bid-data");
const texts = read("bid-texts");
const asked = data.requirements;
const one = (id) => document.getElementById(id);
const form = one("bid-form");
const fields = form.elements;
const text = (key, given = {}) => (texts[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => String(given[name] ?? "")).replaceAll("%%", "%");

/** By part: the file, and what was found in it. */
const volumes = new Map();
let findings = [];

const lines = (value) => value.split("\n").map((line) => line.trim()).filter(Boolean);
const typed = (name) => readTyped(fields[name]?.value ?? "") ?? "";
const plain = (value) => value.trim();

/** The bid as data, `luochui-bid/v1`. */
function bid() {
  const picked = [...form.querySelectorAll("[name=item]:checked")].map(({ value }) => data.library.find(({ id }) => id === value));
  const of = (kind) => picked.filter((item) => item?.kind === kind).map(({ id, kind: _, ...facts }) => facts);
  return {
    format: "luochui-bid/v1",
    tender: asked.tender,
    section: asked.section,
    bidder: data.bidder,
    alternative: fields.alternative?.value ?? "",
    price: { figures: typed("figures"), words: plain(fields.words?.value ?? ""), rate: rate() },
    bill: asked.bill.map(billLine).filter(Boolean),
    validity_days: plain(fields.validity.value).replace(/\D/g, "") || "0",
    duration_days: plain(fields.duration?.value ?? "").replace(/\D/g, "") || "0",
    licences: of("LICENCE"),
    people: of("PERSON"),
    performance: of("PERFORMANCE"),
    brands: (fields.brands?.value ?? "").split(/[,，、]/).map(plain).filter(Boolean),
    sme: Boolean(fields.sme?.checked),
    domestic: Boolean(fields.domestic?.checked),
    bond: form.querySelector("[name=bond]:checked")?.value ?? "",
    members: data.members,
    volumes: [...volumes].map(([part, { file, facts }]) => ({ part, name: file.name, sha256: facts.sha256, size: String(facts.size) })),
  };
}

/** Typed in percent, kept as a fraction. */
function rate() {
  const given = parse(typed("rate"), 4);
  return given ? decimal({ digits: given.digits, places: given.places + 2 }) : "";
}

function billLine(item) {
  const price = typed(`unit:${item.code}`);
  const [value, quantity] = [parse(price, 6), parse(item.quantity)];
  const total = value && decimal(fen(multiply(value, quantity)));
  form.querySelector(`[data-line="${CSS.escape(item.code)}"] [data-total]`).textContent = total ?? "";
  return value && { code: item.code, quantity: item.quantity, unit_price: price, total };
}

const TASKS = {
  price: ["PRICE_MISSING", "WORDS_MISSING", "WORDS_UNREADABLE", "WORDS_DIFFER", "ALTERNATIVE_UNKNOWN", "ABOVE_CEILING", "BELOW_START", "RATE_OUT_OF_RANGE"],
  bill: ["LINE_MISSING", "LINE_UNKNOWN", "LINE_QUANTITY", "LINE_TOTAL", "BILL_TOTAL"],
  files: ["PART_MISSING", "FILE_EMPTY", "FILE_NOT_PDF", "FILE_DIFFERS", "BLIND_METADATA", "BLIND_NAME", "BLIND_MARK"],
  company: ["LICENCE_MISSING", "LICENCE_EXPIRED", "CONSORTIUM_BARRED", "SHARES", "GRADE_LOWERED", "GRADE_MISSING", "GRADE_TOO_LOW", "BRAND_MISSING", "SME_NEEDED"],
  bond: ["BOND_MISSING"],
};
const SHOWN = 8;

const label = (code) => asked.parts.find((part) => part.code === code)?.[data.language === "en" ? "label" : "label_zh"] ?? code;
const sentence = ({ check: name, what, other }) => text(`check:${name}`, { what: name === "PART_MISSING" ? label(what) : what, other });

function show(made) {
  for (const [task, checks] of Object.entries(TASKS)) {
    const here = findings.filter((finding) => checks.includes(finding.check));
    const list = form.querySelector(`[data-faults="${task}"]`);
    list?.replaceChildren(...here.slice(0, SHOWN).map((finding) => Object.assign(document.createElement("li"), { textContent: sentence(finding) })));
    state(task, here.length ? (begun(task, made) ? "incomplete" : "not-started") : "done");
  }
  const verdict = findings.length ? text("faults", { count: findings.length }) : text("complete");
  one("bid-verdict").textContent = verdict;
  state("seal", blocks(findings) ? "cannot-start" : one("bid-read").checked ? "incomplete" : "not-started");
  answers(made);
  one("bid-seal").disabled = !one("bid-read").checked;
}

const TONES = { done: "done", incomplete: "waiting", "not-started": "neutral", "cannot-start": "neutral" };

function state(task, now) {
  const place = document.querySelector(`[data-task="${task}"]`);
  if (!place) return;
  place.className = `tag ${TONES[now]}`;
  place.textContent = text(now);
}

function begun(task, made) {
  const { price } = made;
  return { price: price.figures || price.rate, bill: made.bill.length, files: made.volumes.length, company: made.licences.length, bond: made.bond }[task];
}

function answers(made) {
  const price = made.price.figures ? [made.alternative, `¥ ${made.price.figures} ${made.price.words}`].filter(Boolean).join(" · ") : made.price.rate;
  const flags = [made.sme && text("sme"), made.domestic && text("domestic"), made.bond && text(made.bond)].filter(Boolean).join(", ");
  const rows = [
    [one("price-head").textContent, price || text("none")],
    [one("files-head").textContent, made.volumes.map(({ part, name }) => `${label(part)}: ${name}`).join("\n") || text("none")],
    [one("company-head").textContent, [...made.licences.map(({ title }) => title), ...made.people.map(({ name }) => name), ...made.performance.map(({ project }) => project), flags].filter(Boolean).join("\n") || text("none")],
  ];
  const made_ = rows.map(([head, value]) => {
    const box = document.createElement("div");
    const [term, said] = [document.createElement("dt"), document.createElement("dd")];
    [term.textContent, said.textContent] = [head, value];
    said.className = "text-break";
    box.append(term, said);
    return box;
  });
  one("bid-answers").replaceChildren(...made_);
}

function again() {
  const made = bid();
  const files = Object.fromEntries([...volumes.values()].map(({ file, facts }) => [file.name, facts]));
  findings = check({ bid: made, files, names: data.names }, asked);
  show(made);
}

let dirty = false;
let storing = null;

function changed() {
  again();
  dirty = true;
  one("bid-kept").dataset.kept = "no";
  storing ??= store()
    .catch(nothingKept)
    .finally(() => {
      storing = null;
    });
}

function nothingKept() {
  one("bid-kept").textContent = text("not-kept");
}

/** Keep the fields at once, and again while they go on changing; `data-kept` says when all is on the disk. */
async function store() {
  while (dirty) {
    dirty = false;
    await keepValues(data.draft, [...new FormData(form)].filter(([, value]) => typeof value === "string"));
  }
  one("bid-kept").textContent = text("kept", { at: new Date().toLocaleTimeString() });
  one("bid-kept").dataset.kept = "yes";
}

/** Take a file in for its part: hash it, look into it when it is blind. Two parts cannot have files of one name. */
async function take(part, given) {
  const box = form.querySelector(`[data-part="${part}"]`);
  const told = box.querySelector("[data-file]");
  told.textContent = text("checking");
  const taken = [...volumes].some(([other, { file }]) => other !== part && file.name === given.name);
  const file = taken ? new File([given], `${part.toLowerCase()}-${given.name}`, { type: given.type, lastModified: 0 }) : given;
  const facts = { sha256: await sha256(file), size: file.size, is_pdf: file.size > 0 && (await isPdf(file)), metadata: [], marks: [] };
  if (box.querySelector("[data-clean]") && facts.is_pdf) Object.assign(facts, await look(file, data.names, data.pdf));
  volumes.set(part, { file, facts });
  told.textContent = `${file.name} · ${(file.size / 1e6).toFixed(2)} MB · ${facts.sha256.slice(0, 16)}…`;
  const clean = box.querySelector("[data-clean]");
  if (clean) clean.hidden = !facts.metadata.some((name) => name.startsWith("/"));
}

/** A file that the bidder chose: it stands in the draft as soon as it has been looked at. */
async function choose(part, given) {
  await take(part, given);
  again();
  await keepFile(data.draft, part, volumes.get(part).file).catch(nothingKept);
  changed();
}

async function tidy(part) {
  const { file } = volumes.get(part);
  const told = form.querySelector(`[data-part="${part}"] [data-file]`);
  try {
    const made = await cleaned(file, data.pdf);
    await choose(part, made.file);
    told.textContent += ` · ${text("cleaned", { what: made.removed.join(" ") })}`;
  } catch (error) {
    told.textContent = text("clean-failed", { why: error.message });
  }
}

for (const box of form.querySelectorAll("[data-part]")) {
  const { part } = box.dataset;
  box.querySelector("input[type=file]").addEventListener("change", ({ target }) => target.files[0] && choose(part, target.files[0]));
  box.querySelector("[data-clean]")?.addEventListener("click", () => tidy(part));
}

form.addEventListener("input", ({ target }) => {
  if (target.name === "figures" && fields.words) fields.words.value = capital(parse(typed("figures"), 2) ? decimal(fen(parse(typed("figures"), 2))) : "");
  if (target.id === "bill-paste") paste(target);
  if (target.type !== "file") changed();
});

function paste(area) {
  const rows = lines(area.value).map((line) => line.split(/[\t,，;]/).map(plain));
  const priced = rows.filter(([code, price]) => fields[`unit:${code}`] && readTyped(price ?? ""));
  if (!priced.length) return;
  for (const [code, price] of priced) fields[`unit:${code}`].value = readTyped(price);
  area.value = "";
  one("bid-kept").textContent = text("lines-read", { count: priced.length });
}

one("bid-read").addEventListener("change", again);
one("bid-seal").addEventListener("click", () => {
  again();
  if (blocks(findings) && !confirm(text("incomplete-ask"))) return;
  const made = new File([JSON.stringify(bid())], "bid.json", { type: "application/json", lastModified: 0 });
  const bag = new DataTransfer();
  for (const file of [made, ...[...volumes.values()].map(({ file }) => file)]) bag.items.add(file);
  one("seal-files").files = bag.files;
  one("seal-form").requestSubmit();
});

async function restore() {
  for (const [name, value] of (await loadValues(data.draft)) ?? []) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "checkbox" || field.type === "radio") field.checked ||= field.value === value;
      else field.value = value;
    }
  }
  again();
  for (const { part, file } of await loadFiles(data.draft)) {
    if (!form.querySelector(`[data-part="${part}"]`)) continue;
    await take(part, file).catch((error) => {
      form.querySelector(`[data-part="${part}"] [data-file]`).textContent = text("not-restored", { why: error.message });
    });
    again();
  }
}

restore().catch(() => {
  nothingKept();
  again();
});
