// A hall kept alive: the scene comes over a socket as JSON whenever something happened. Nothing is sent over it.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const data = read("hall-data");
const words = read("hall-words");
const texts = read("hall-texts");
const one = (id) => document.getElementById(id);
let scene = read("hall-scene");
let ticket = data.ticket;

const text = (key, fields = {}) => (texts[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => String(fields[name] ?? ""));

/** The server's time: its moment of drawing the page, carried on by the monotonic clock. */
const drawnAt = Date.parse(data.now) - performance.now();
const now = () => drawnAt + performance.now();

function tick() {
  for (const clock of document.querySelectorAll(".hall-clock[data-until]")) {
    const left = Math.max(0, Date.parse(clock.dataset.until) - now());
    const seconds = Math.floor(left / 1000);
    clock.textContent = left ? text("left", { minutes: Math.floor(seconds / 60), seconds: String(seconds % 60).padStart(2, "0") }) : text("over");
  }
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

const STROKES = { neutral: "M3 8h10", info: "M8 7v6M8 3v.01", done: "M3 8.5 6.5 12 13 4.5", waiting: "M8 3v5l3 2M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13", stop: "M4 4l8 8M12 4l-8 8" };

/** A worded status with its icon, as the server draws it. */
function tag(label, tone) {
  const space = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(space, "svg");
  const drawn = { viewBox: "0 0 16 16", "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round" };
  for (const [key, value] of Object.entries(drawn)) icon.setAttribute(key, value);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", STROKES[tone] ?? STROKES.neutral);
  icon.append(path);
  return element("span", { class: `tag ${tone}` }, icon, label);
}

const clockText = (at) => new Date(at).toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" });
const yuan = (amount) => `¥ ${amount.replace(/\B(?=(\d{3})+(?!\d)(?=\.|$))/g, ",")}`;
const heads = [...document.querySelectorAll(".hall-bids thead th")].map((head) => head.textContent);

function row(bid) {
  const cell = (index, kind, ...children) => element(kind, { "data-head": heads[index] }, ...children);
  const small = (said) => (said ? element("span", { class: "small" }, element("br"), said) : null);
  const fate = bid.cause ? `${words.cause[bid.cause] ?? bid.cause} ${words.consequence[bid.consequence] ?? ""} (${bid.article})` : "";
  const price = bid.price ? [element("strong", { class: "amount" }, yuan(bid.price)), element("span", { class: "capital", lang: "zh-Hans" }, bid.capitals)] : ["—"];
  const bond = scene.asks_bond ? words.bond[!bid.bond ? "" : !bid.bond.covers ? "SHORT" : bid.bond.guarantee ? "GUARANTEE" : "MONEY"] : "";
  const others = bid.price ? [bid.duration && words.days.done.replace("%(days)s", bid.duration), bond].filter(Boolean).join(" · ") : "";
  const answer = bid.confirmed === null ? "" : bid.confirmed ? "YES" : "NO";
  const made = element("tr", bid.own ? { class: "own" } : {},
    cell(0, "td", String(bid.number)),
    cell(1, "th", bid.bidder),
    cell(2, "td", clockText(bid.received_at)),
    cell(3, "td", words.sign_in[bid.signed_in] ?? bid.signed_in),
    cell(4, "td", tag(words.envelope[bid.state] ?? bid.state, words.tone[bid.state] ?? "neutral"), small(fate)),
    cell(5, "td", ...price, others ? element("span", { class: "small" }, others) : null),
    cell(6, "td", bid.price ? words.answer[answer] : "—", small(bid.dispute)));
  made.children[1].setAttribute("scope", "row");
  made.children[5].className = "num";
  return made;
}

/** Whether a form is on its way: drawing the page again would call it back. */
let sending = false;
addEventListener("submit", (event) => (sending ||= !event.defaultPrevented));
addEventListener("pageshow", () => (sending = false));

/** Whether somebody is filling something in: then the page is not taken away under the fingers. */
const isBusy = () => sending || [...document.querySelectorAll("main textarea, main input[type=text]")].some((field) => field.value.trim() !== "");

function show(next) {
  const moved = next.state !== scene.state || next.draw !== scene.draw || next.words.length !== scene.words.length || next.record !== scene.record;
  scene = next;
  one("hall-state").replaceChildren(tag(words.state[scene.state] ?? scene.state, words.tone[scene.state] ?? "neutral"));
  if (scene.bids.length) one("hall-bids").replaceChildren(...scene.bids.map(row));
  const bar = one("hall-progress");
  bar.hidden = scene.progress.total === 0;
  bar.querySelector("progress").max = Math.max(1, scene.progress.total);
  bar.querySelector("progress").value = scene.progress.ended;
  bar.querySelector("span").textContent = text("opened", scene.progress);
  if (scene.officers && one("hall-officers")) one("hall-officers").textContent = text("officers", scene.officers);
  // What can be done, and the longer texts, are drawn by the server; watchers come in spread over two seconds.
  if (moved && !isBusy()) setTimeout(() => isBusy() || location.reload(), data.viewer === "PUBLIC" ? Math.random() * 2000 : 0);
}

let wait = 500;

async function open() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/halls/${data.hall}/?ticket=${encodeURIComponent(ticket)}`);
  let heard = performance.now();
  socket.onmessage = ({ data: frame }) => {
    heard = performance.now();
    wait = 500;
    one("hall-offline").hidden = true;
    one("hall-line").textContent = text("live");
    const message = JSON.parse(frame);
    if (message.type === "scene" && message.scene.seq >= scene.seq) show(message.scene);
  };
  const watch = setInterval(() => performance.now() - heard > 40000 && socket.close(), 5000);
  socket.onclose = () => {
    clearInterval(watch);
    one("hall-line").textContent = "";
    one("hall-offline").textContent = text("offline");
    one("hall-offline").hidden = false;
    setTimeout(again, wait + Math.random() * wait);
    wait = Math.min(wait * 2, 15000);
  };
}

async function again() {
  try {
    const response = await fetch(data.ticketUrl, { credentials: "same-origin", cache: "no-store" });
    ({ ticket } = await response.json());
  } catch {
    // The line is still away; the next try comes by itself.
  }
  open();
}

const draw = one("draw-form");
draw?.addEventListener("submit", () => {
  const nonce = crypto.getRandomValues(new Uint8Array(32));
  draw.elements.nonce.value = btoa(String.fromCharCode(...nonce));
});
for (const button of document.querySelectorAll("[data-needs-script]")) button.disabled = false;

tick();
setInterval(tick, 500);
open();
