// The machine checks of a bid, as bidding/bids/domain/checks.py runs them after the opening: the same findings in the same
// order for the same bid, requirements and facts about its files (check_vectors.json of the tests holds for both).

import { ZERO, add, compare, fen, multiply, parse, short, text } from "./decimal.js";
import { parseCapitals } from "./capitals.js";
import { lowered, shortOf } from "./grades.js";

const found = (check, what = "", other = "", level = "ERROR") => ({ check, level, what, other });
const two = (value) => text(fen(value));
const positive = (given, places) => {
  const value = parse(given ?? "", places);
  return value && value.digits > 0n ? value : null;
};

/** Every finding. `files`: by name, `{ sha256, size, is_pdf, metadata, marks }`; `names` as the bidder is known. */
export function check({ bid, files, names }, asked) {
  return [place, price, bill, parts, volumes, company].flatMap((step) => [...step(bid, asked, files, names)]);
}

export const blocks = (findings) => findings.some(({ level }) => level === "ERROR");

function* place(bid, asked) {
  if (bid.tender !== asked.tender || bid.section !== asked.section) yield found("OTHER_SECTION");
}

function* price({ price: given, alternative = "" }, asked) {
  if (asked.price_kind === "DISCOUNT_RATE") {
    const rate = positive(given.rate, 6);
    if (!rate) yield found("PRICE_MISSING");
    else if (compare(rate, { digits: 1n, places: 0 }) >= 0) yield found("RATE_OUT_OF_RANGE", text(rate));
    return;
  }
  const figures = positive(given.figures, 2);
  if (!figures) return yield found("PRICE_MISSING");
  if (!given.words) yield found("WORDS_MISSING");
  else {
    const words = parseCapitals(given.words);
    if (!words) yield found("WORDS_UNREADABLE", given.words);
    else if (compare(words, figures)) yield found("WORDS_DIFFER", two(words), two(figures));
  }
  const other = asked.alternatives.find(({ label }) => label === alternative);
  if (alternative && !other) yield found("ALTERNATIVE_UNKNOWN", alternative);
  const most = other?.ceiling ?? asked.ceiling;
  const ceiling = most === null ? null : parse(most);
  if (ceiling && compare(figures, ceiling) > 0) yield found("ABOVE_CEILING", two(figures), two(ceiling));
  const start = asked.start_price ? parse(asked.start_price) : null;
  if (start && compare(figures, start) < 0) yield found("BELOW_START", two(figures), two(start));
}

function* bill({ bill: lines, price: given }, asked) {
  if (!asked.bill.length) return;
  const priced = new Set(lines.map(({ code }) => code));
  const wanted = new Map(asked.bill.map((item) => [item.code, item]));
  for (const { code } of asked.bill) if (!priced.has(code)) yield found("LINE_MISSING", code);
  for (const { code } of lines) if (!wanted.has(code)) yield found("LINE_UNKNOWN", code);
  for (const line of lines) {
    const item = wanted.get(line.code);
    if (item && compare(parse(line.quantity), parse(item.quantity))) yield found("LINE_QUANTITY", line.code, item.quantity);
  }
  let total = ZERO;
  for (const line of lines) {
    const product = fen(multiply(parse(line.unit_price), parse(line.quantity)));
    if (compare(product, parse(line.total))) yield found("LINE_TOTAL", line.code, text(product));
    total = add(total, parse(line.total));
  }
  const figures = positive(given.figures, 2);
  if (figures && lines.length && compare(total, figures)) yield found("BILL_TOTAL", two(total), two(figures));
}

function* parts(bid, asked) {
  const there = new Set(bid.volumes.map(({ part }) => part));
  for (const { code, required } of asked.parts) if (required && !there.has(code)) yield found("PART_MISSING", code);
}

function* volumes({ volumes: given }, asked, files, names) {
  const facts = ({ name }) => files[name];
  for (const one of given) if (facts(one) && facts(one).size === 0) yield found("FILE_EMPTY", one.name);
  for (const one of given) if (facts(one)?.size && !facts(one).is_pdf) yield found("FILE_NOT_PDF", one.name);
  for (const one of given) {
    const here = facts(one);
    if (!here || here.sha256 !== one.sha256 || String(here.size) !== one.size) yield found("FILE_DIFFERS", one.name);
  }
  const blind = new Set(asked.parts.filter((part) => part.blind).map(({ code }) => code));
  const hidden = given.filter(({ part }) => blind.has(part));
  for (const one of hidden) if (facts(one)?.metadata.length) yield found("BLIND_METADATA", one.name, facts(one).metadata.join(", "));
  for (const one of hidden) if (names.some((name) => name && one.name.includes(name))) yield found("BLIND_NAME", one.name);
  for (const one of hidden) if (facts(one)?.marks.length) yield found("BLIND_MARK", one.name, facts(one).marks.join(", "));
}

function* company(bid, asked) {
  if (asked.needs_licence && !bid.licences.length) yield found("LICENCE_MISSING");
  for (const { title, valid_until: until } of bid.licences) {
    if (until && until < asked.deadline) yield found("LICENCE_EXPIRED", title, until);
  }
  if (asked.bond !== null && !["GUARANTEE", "DEPOSIT"].includes(bid.bond)) yield found("BOND_MISSING", two(parse(asked.bond)));
  if (bid.members.length && !asked.consortium) yield found("CONSORTIUM_BARRED");
  const shares = bid.members.reduce((sum, { share }) => add(sum, parse(share) ?? ZERO), ZERO);
  if (bid.members.length && compare(shares, { digits: 100n, places: 0 })) yield found("SHARES", short(shares));
  yield* grades(bid, asked);
  if (asked.brands && !bid.brands.length) yield found("BRAND_MISSING", "", "", "WARNING");
  if (asked.sme_reserved && !bid.sme) yield found("SME_NEEDED");
}

function* grades(bid, asked) {
  const [titles, members] = [bid.licences.map(({ title }) => title), bid.members.map(({ licence }) => licence ?? "")];
  for (const [title, counts] of lowered(titles, members)) yield found("GRADE_LOWERED", title, counts, "WARNING");
  const short = shortOf(asked.grades, titles, members);
  for (const [least, counts] of short) if (!counts) yield found("GRADE_MISSING", least);
  for (const [least, counts] of short) if (counts) yield found("GRADE_TOO_LOW", least, counts);
}
