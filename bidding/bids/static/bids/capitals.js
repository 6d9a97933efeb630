// Amounts in capital words 大写, read as bidding/scoring/domain/capitals.py reads them: null for what is no amount.

const DIGITS = new Map([..."零壹贰叁肆伍陆柒捌玖"].map((word, value) => [word, value]));
for (const [value, word] of [..."〇一二三四五六七八九"].entries()) DIGITS.set(word, value);
for (const [word, value] of [["两", 2], ["弍", 2], ["参", 3], ["陸", 6]]) DIGITS.set(word, value);
const TENS = new Map([["拾", 10n], ["十", 10n], ["佰", 100n], ["百", 100n], ["仟", 1000n], ["千", 1000n]]);
const SECTIONS = new Map([["万", 10n ** 4n], ["萬", 10n ** 4n], ["亿", 10n ** 8n], ["億", 10n ** 8n], ["兆", 10n ** 12n]]);
const FRACTIONS = new Map([["角", 10n], ["分", 1n]]);

export function parseCapitals(words) {
  let left = words.trim().replace(/^人民币/, "").replace(/^：/, "").replace(/整$/, "").replace(/正$/, "").trim();
  if (left.startsWith("负")) return null;
  left = left.replaceAll("圆", "元");
  if (!left) return null;
  let [yuan, rest] = left.includes("元") ? [left.slice(0, left.indexOf("元")), left.slice(left.indexOf("元") + 1)] : [left, ""];
  if (!left.includes("元") && /[角分]/.test(yuan)) [yuan, rest] = ["", left];
  const [whole, fraction] = [yuan ? wholeOf(yuan) : 0n, fractionOf(rest)];
  return whole === null || fraction === null ? null : { digits: whole * 100n + fraction, places: 2 };
}

function wholeOf(words) {
  let [total, section, digit] = [0n, 0n, 0];
  for (const word of words) {
    if (DIGITS.has(word)) {
      if (digit) return null;
      digit = DIGITS.get(word);
    } else if (TENS.has(word)) {
      section += BigInt(digit || 1) * TENS.get(word);
      digit = 0;
    } else if (SECTIONS.has(word)) {
      const unit = SECTIONS.get(word);
      total = total > 0n && total < unit ? (total + section + BigInt(digit)) * unit : total + (section + BigInt(digit)) * unit;
      [section, digit] = [0n, 0];
    } else return null;
  }
  return total + section + BigInt(digit);
}

function fractionOf(words) {
  let [value, digit] = [0n, 0];
  for (const word of words) {
    if (DIGITS.has(word)) {
      if (digit) return null;
      digit = DIGITS.get(word);
    } else if (FRACTIONS.has(word)) {
      value += BigInt(digit) * FRACTIONS.get(word);
      digit = 0;
    } else return null;
  }
  return digit ? null : value;
}
