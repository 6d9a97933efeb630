// Exact amounts. Text in, text out, whole numbers inside: a price never becomes a floating-point number.

const PLAIN = /^(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?$/;

/** The number of smallest units (fen for 2 places, kilograms for 3) that `text` spells; null where it is no such amount. */
export function toUnits(text, places) {
  if (typeof text !== "string" || !PLAIN.test(text)) return null;
  const [whole, fraction = ""] = text.split(".");
  if (fraction.length > places) return null;
  return BigInt(whole + fraction.padEnd(places, "0"));
}

/** The plain spelling of `units` with `places` decimals: 2050000n, 2 → "20500.00". */
export function toText(units, places) {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  return sign + whole + (places ? "." + digits.slice(digits.length - places) : "");
}

/** Thousands grouped for the eye: "20500.00" → "20,500.00". */
export function grouped(text) {
  const [whole, fraction] = text.split(".");
  const sign = whole.startsWith("-") ? "-" : "";
  const digits = sign ? whole.slice(1) : whole;
  return sign + digits.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction === undefined ? "" : "." + fraction);
}

/** What a person typed, as a plain amount: full-width digits, grouping marks, blanks and signs of yuan are understood. */
export function readTyped(typed) {
  const plain = typed
    .normalize("NFKC")
    .replace(/[\s,，_'’¥元]/g, "")
    .replace("。", ".");
  const trimmed = plain.replace(/^0+(?=\d)/, "").replace(/\.$/, "");
  return PLAIN.test(trimmed) ? trimmed : null;
}

/** `text` with exactly `places` decimals, or null where it has more or is no amount. */
export function fixed(text, places) {
  const units = text === null ? null : toUnits(text, places);
  return units === null ? null : toText(units, places);
}

/** Price × quantity in yuan, to the fen, half up (the server's rounding). */
export function product(price, quantity) {
  const fen = toUnits(price, 2);
  const kilograms = toUnits(quantity, 3);
  if (fen === null || kilograms === null) return null;
  return toText((fen * kilograms + 500n) / 1000n, 2);
}

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];
const SECTIONS = ["", "万", "亿", "兆"];

/** The amount in Chinese capital figures 大写: "1680.50" → 壹仟陆佰捌拾元伍角整. */
export function capital(text) {
  const total = toUnits(text, 2);
  if (total === null) return "";
  if (total === 0n) return "零元整";
  const yuan = total / 100n;
  const jiao = Number((total / 10n) % 10n);
  const fen = Number(total % 10n);
  let words = yuan ? capitalInteger(yuan) + "元" : "";
  if (jiao) words += DIGITS[jiao] + "角";
  else if (fen && yuan) words += "零";
  return words + (fen ? DIGITS[fen] + "分" : "整");
}

function capitalInteger(number) {
  const sections = [];
  for (let rest = number; rest > 0n; rest /= 10000n) sections.push(Number(rest % 10000n));
  let words = "";
  let gap = false;
  for (let index = sections.length - 1; index >= 0; index -= 1) {
    const section = sections[index];
    if (section === 0) {
      gap = true;
      continue;
    }
    if (words && (gap || section < 1000)) words += "零";
    words += capitalSection(section) + SECTIONS[index];
    gap = false;
  }
  return words;
}

function capitalSection(section) {
  let words = "";
  let gap = false;
  for (const place of [3, 2, 1, 0]) {
    const digit = Math.floor(section / 10 ** place) % 10;
    if (digit) {
      words += (gap ? "零" : "") + DIGITS[digit] + PLACES[place];
      gap = false;
    } else if (words) {
      gap = true;
    }
  }
  return words;
}
