// An ended room once more, event by event. All of it is the log that anybody can download and check.

import { PriceChart } from "./chart.js";
import { bind, el, one, show } from "./dom.js";
import { capital, grouped, toUnits } from "./money.js";
import { clockTime, exactTime, pageData, text } from "./text.js";
import { describe } from "./words.js";

const SHORTEST_PAUSE_MS = 60;
const LONGEST_PAUSE_MS = 1500;
const ENDS = { HammerFell: "ENDED", RoomFailed: "FAILED", RoomVoided: "VOIDED", RoomPaused: "PAUSED" };

class Replay {
  data = pageData("room-data");
  events = [];
  position = 0;
  #playing = 0;
  #chart = new PriceChart(one("[data-chart]"), one("[data-chart-table]"));
  #scrubber = one("[data-scrubber]");
  #speed = one("[name=speed]");

  async start() {
    this.events = await this.#load();
    this.#scrubber.max = String(this.events.length);
    this.#chart.offers = this.events.filter((event) => event.price && this.data.events.offers.includes(event.type));
    this.#scrubber.addEventListener("input", () => {
      this.#pause();
      this.#goto(Number(this.#scrubber.value));
    });
    one("[data-play]").addEventListener("click", () => (this.#playing ? this.#pause() : this.#play()));
    one("[data-step-back]").addEventListener("click", () => this.#walk(-1));
    one("[data-step-on]").addEventListener("click", () => this.#walk(1));
    show({ "replay-controls": this.events.length > 0, "replay-loading": false });
    this.#goto(this.events.length);
  }

  async #load() {
    const found = [];
    for (let more = true, after = 0; more; ) {
      const response = await fetch(`${this.data.urls.events}?after=${after}`, { headers: { Accept: "application/json" } });
      if (!response.ok) {
        one("#refusal").textContent = text("replay-problem");
        return found;
      }
      const page = await response.json();
      found.push(...page.events);
      ({ more, upto: after } = page);
    }
    return found;
  }

  #walk(by) {
    this.#pause();
    this.#goto(Math.min(Math.max(this.position + by, 0), this.events.length));
  }

  #play() {
    if (this.position >= this.events.length) this.#goto(0);
    bind({ "play-label": text("replay-pause") });
    this.#next();
  }

  #pause() {
    clearTimeout(this.#playing);
    this.#playing = 0;
    bind({ "play-label": text("replay-play") });
  }

  /** On to the next event after as long as it really took, shortened by the speed and to what an eye bears. */
  #next() {
    const next = this.events[this.position];
    if (!next) return this.#pause();
    const last = this.events[this.position - 1] ?? next;
    const pause = (Date.parse(next.at) - Date.parse(last.at)) / Number(this.#speed.value);
    this.#playing = setTimeout(() => {
      this.#goto(this.position + 1);
      this.#next();
    }, Math.min(Math.max(pause, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS));
    return undefined;
  }

  #goto(position) {
    this.position = position;
    this.#scrubber.value = String(position);
    const past = this.events.slice(0, position);
    const event = past.at(-1) ?? null;
    const offers = past.filter((entry) => entry.price && this.data.events.offers.includes(entry.type));
    const best = this.#best(offers);
    const phase = past.map((entry) => ENDS[entry.type] ?? entry.phase).filter(Boolean).at(-1) ?? this.data.phases.before[0];
    const closesAt = past.filter((entry) => entry.closes_at).at(-1)?.closes_at;
    const left = event && closesAt ? Math.max(0, Date.parse(closesAt) - Date.parse(event.at)) / 1000 : null;
    bind({
      price: best ? grouped(best.price) : "—", capital: best ? capital(best.price) : "", leader: best?.alias ? text("leader", { alias: best.alias }) : "",
      "replay-at": event ? `${exactTime(event.at)} UTC+8` : text("replay-before"), "replay-event": event ? this.#describe(event) : "",
      "replay-count": text("replay-count", { position, count: this.events.length }), bids: offers.length, phase: text(`phase-${phase}`),
      "replay-left": left === null || this.data.phases.ended.includes(phase) ? "" : text("replay-left", { seconds: left.toFixed(1) }),
      bidders: new Set(offers.map((entry) => entry.alias)).size, extensions: past.filter((entry) => this.data.events.moves.includes(entry.type)).length,
    });
    this.#scrubber.setAttribute("aria-valuetext", event ? `${clockTime(event.at)}, ${this.#describe(event)}` : text("replay-before"));
    this.#chart.upTo = event ? Date.parse(event.at) : 0;
    one("[data-tape]").replaceChildren(...past.slice(-40).reverse().map((entry) =>
      el("li", {}, el("time", { datetime: entry.at, title: exactTime(entry.at) }, clockTime(entry.at)), el("span", {}, this.#describe(entry)), el("span", { class: "seq" }, `#${entry.seq}`))));
  }

  #best(offers) {
    const down = this.data.rules.direction === "DOWN";
    const better = (a, b) => (down ? toUnits(a, 2) < toUnits(b, 2) : toUnits(a, 2) > toUnits(b, 2));
    return offers.reduce((best, offer) => (best === null || better(offer.price, best.price) ? offer : best), null);
  }

  #describe(event) {
    return describe(event, { divisible: this.data.rules.divisible });
  }
}

new Replay().start();
