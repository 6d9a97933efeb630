// The host's screen: the stream with refused bids and their reasons, and how late the room runs.

import { all, bind, el, one, show } from "./dom.js";
import { grouped } from "./money.js";
import { Screen } from "./screen.js";
import { clockTime, hasText, text } from "./text.js";

const LAGS = 200;
/** How often to ask who is there while nothing else happens. */
const COUNT_EVERY_MS = 5000;
const screen = new Screen();
const lags = [];

/** How long after the decision its state arrives here: what a bidder with this connection waits. */
screen.live.addEventListener("state", ({ detail }) => {
  if (!screen.live.clock.known || detail.frame.full) return;
  lags.push(Math.max(0, screen.live.clock.now() - Date.parse(detail.frame.at)));
  if (lags.length > LAGS) lags.shift();
  const sorted = [...lags].sort((a, b) => a - b);
  bind({ lag: `${Math.round(sorted[Math.ceil(sorted.length * 0.95) - 1])} ms` });
});

screen.addEventListener("taped", () => {
  const refused = screen.events.filter((event) => event.code);
  show({ "refused-empty": refused.length === 0, refused: refused.length > 0 });
  one("[data-refused]").replaceChildren(
    ...refused.slice(-50).reverse().map((event) =>
      el("tr", {}, el("td", { class: "num" }, String(event.seq)), el("td", {}, clockTime(event.at)), el("td", {}, event.alias ?? "—"),
        el("td", { class: "num" }, event.price ? grouped(event.price) : "—"),
        el("td", {}, hasText(`refusal-${event.code}`) ? text(`refusal-${event.code}`) : event.code, " ", el("code", { class: "code" }, event.code)))),
  );
});

/** Whether the room stood still when it was last painted; what waited for a second person then is carried out. */
let stood = null;
screen.addEventListener("painted", ({ detail }) => {
  const ended = screen.ended, paused = detail.frame.state.paused;
  show({ "can-pause": !ended && !paused, "can-resume": !ended && paused, "can-void": !ended });
  if (stood !== null && stood !== paused) askForRequests();
  stood = paused;
});

/** The requests that wait for a second person, as the server has them now; forms that are being filled in stay. */
async function askForRequests() {
  const place = one("[data-requests]");
  if (place === null) return;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  if (answer === null || !answer.ok) return;
  const fresh = one("[data-requests]", new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (fresh !== null) place.replaceChildren(...fresh.childNodes);
}

// A large screen at the front of the hall: the browser's own full screen, nothing else.
for (const button of all("[data-fullscreen]")) {
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
}

// The first state was made before this socket counted; in a quiet room no other follows by itself.
const count = () => screen.live.live && screen.live.send({ type: "sync" });
screen.live.addEventListener("status", ({ detail }) => detail.status === "LIVE" && setTimeout(count, 200));
setInterval(count, COUNT_EVERY_MS);

screen.start();
