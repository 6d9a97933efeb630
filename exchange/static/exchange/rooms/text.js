// The words of the screen. The server puts the reader's language into the page as data; nothing is translated here.

let catalogue = null;

/** Data that the page carries under `id`. */
export function pageData(id) {
  const holder = document.getElementById(id);
  return holder ? JSON.parse(holder.textContent) : {};
}

/** The text `key` in the reader's language with its %(name)s places filled. */
export function text(key, fields = {}) {
  catalogue ??= pageData("room-texts");
  const found = catalogue[key] ?? key;
  return found.replace(/%\((\w+)\)s/g, (_, name) => String(fields[name] ?? ""));
}

/** Whether the catalogue knows `key`. */
export function hasText(key) {
  catalogue ??= pageData("room-texts");
  return key in catalogue;
}

const SHANGHAI = { timeZone: "Asia/Shanghai", hourCycle: "h23" };
const withSeconds = new Intl.DateTimeFormat("en-GB", {
  ...SHANGHAI, hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3,
});
const shortTime = new Intl.DateTimeFormat("en-GB", { ...SHANGHAI, hour: "2-digit", minute: "2-digit", second: "2-digit" });

const monthAndDay = new Intl.DateTimeFormat("en-CA", { ...SHANGHAI, month: "2-digit", day: "2-digit" });

/** The day of an instant in China: 11-26. */
export function dayOf(instant) {
  return monthAndDay.format(Date.parse(instant));
}

/** An instant as the time of day in China with milliseconds: 15:04:05.123. */
export function exactTime(instant) {
  return withSeconds.format(typeof instant === "string" ? Date.parse(instant) : instant);
}

/** An instant as the time of day in China: 15:04:05. */
export function clockTime(instant) {
  return shortTime.format(typeof instant === "string" ? Date.parse(instant) : instant);
}
