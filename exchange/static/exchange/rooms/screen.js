// What every live screen shows: connection, clock, price, standing, tape and chart. Roles add their own part.

import { PriceChart } from "./chart.js";
import { Countdown } from "./countdown.js";
import { bind, el, one, show, tag } from "./dom.js";
import { LiveRoom, Status } from "./live.js";
import { capital, grouped, product } from "./money.js";
import { clockTime, dayOf, exactTime, hasText, pageData, text } from "./text.js";
import { describe } from "./words.js";

const LONGEST_TAPE = 60;

/** The token that Django wants back with every request that changes something. */
export const csrfToken = () => one("[name=csrfmiddlewaretoken]")?.value ?? "";

export class Screen extends EventTarget {
  data = pageData("room-data");
  state = null;
  seq = 0;
  offers = [];
  #events = new Map();
  #price = null;
  #chart;

  constructor({ pending = () => [] } = {}) {
    super();
    const { urls, frame } = this.data;
    const socketUrl = new URL(urls.socket, location.href);
    socketUrl.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.live = new LiveRoom({ socketUrl, ticketUrl: urls.ticket, csrfToken: csrfToken(), pending });
    this.countdown = new Countdown(this.live.clock);
    this.#chart = new PriceChart(one("[data-chart]"), one("[data-chart-table]"));
    this.live.addEventListener("status", (event) => this.#connection(event.detail));
    this.live.addEventListener("clock", () => this.#quality());
    this.live.addEventListener("state", (event) => this.#stated(event.detail));
    this.live.addEventListener("tape", (event) => this.#taped(event.detail));
    const age = performance.now() - (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);
    this.live.clock.seed(Date.parse(this.data.now) + age);
    if (this.data.ticket) this.live.useTicket(this.data.ticket, age);
    if (frame) {
      // The tape of the page is longer than a socket's first state: what follows is added to it.
      Object.assign(this.live, { epoch: frame.epoch, seq: frame.seq });
      this.#taped({ events: frame.events, reset: true });
      this.#stated({ frame, fresh: true });
    }
  }

  start() {
    if (this.ended) this.#connection({ status: Status.STOPPED });
    else this.live.start();
  }

  get ended() {
    return this.state !== null && this.data.phases.ended.includes(this.state.phase);
  }

  get biddable() {
    return this.state !== null && !this.state.paused && this.data.phases.biddable.includes(this.state.phase);
  }

  /** Events of the tape, oldest first. */
  get events() {
    return [...this.#events.values()].sort((a, b) => a.seq - b.seq);
  }

  #connection({ status }) {
    show({ "banner-lost": status === Status.RECONNECTING, "banner-signed-out": status === Status.SIGNED_OUT, "banner-gone": status === Status.GONE });
    document.body.dataset.connection = status;
    this.#quality();
  }

  #quality() {
    const { live } = this;
    const place = one("[data-quality]");
    if (live.status !== Status.LIVE || !live.clock.known) {
      const key = live.status === Status.LIVE ? "CONNECTING" : live.status;
      place.dataset.level = live.status === Status.STOPPED ? "off" : "0";
      bind({ quality: text(`connection-${key}`), "clock-precision": "", "clock-path": "" });
      return;
    }
    const roundTrip = Math.round(live.clock.roundTrip);
    const level = roundTrip < 150 ? 3 : roundTrip < 600 ? 2 : 1;
    place.dataset.level = String(level);
    const offset = live.clock.offset;
    bind({
      quality: text(`quality-${level}`),
      "clock-precision": text("clock-precision", { uncertainty: Math.max(1, Math.ceil(live.clock.uncertainty)) }),
      "clock-path": text("clock-path", { rtt: roundTrip }),
      "clock-offset": Math.abs(offset) < 1500 ? text("clock-right") : text(offset > 0 ? "clock-slow" : "clock-fast", { seconds: (Math.abs(offset) / 1000).toFixed(1) }),
    });
  }

  #stated({ frame, fresh }) {
    const before = this.state;
    this.state = frame.state;
    this.seq = frame.seq;
    this.#phase(frame.state);
    this.#prices(frame.state, before !== null && !fresh);
    this.#standing(frame.state);
    this.#explain();
    bind({
      bidders: frame.state.bidders ?? text("hidden"), participants: frame.state.participants, bids: frame.state.bids ?? text("hidden"), watchers: this.data.role === "BIDDER" ? frame.state.watchers : Math.max(1, frame.state.watchers),
      refused: frame.state.refused ?? text("hidden"), seq: frame.seq, extensions: frame.state.extensions,
    });
    this.dispatchEvent(new CustomEvent("painted", { detail: { frame, before } }));
    if (this.ended) this.#hammered(before);
  }

  #phase(state) {
    const { phases } = this.data;
    const key = state.paused ? "PAUSED" : state.phase;
    const kind = state.paused ? "stop" : phases.ended.includes(state.phase) ? "" : phases.biddable.includes(state.phase) ? "done" : "waiting";
    one("[data-phase]").replaceChildren(tag(kind, text(`phase-${key}`)));
    const aim = this.#deadline(state);
    this.countdown.aim(aim.at, aim.label, aim.from);
    bind({ "phase-note": hasText(`phase-note-${key}`) ? text(`phase-note-${key}`) : "" });
    document.body.dataset.roomPhase = key;
  }

  #deadline(state) {
    if (state.paused) return { at: null, label: text("clock-paused"), from: null };
    if (this.ended) return { at: null, label: text("clock-ended"), from: null };
    if (this.data.phases.before.includes(state.phase)) return { at: state.opens_at, label: text("clock-opens"), from: null };
    if (state.closes_at === null) return { at: null, label: text("clock-open"), from: null };
    return { at: state.closes_at, label: text(this.data.phases.biddable.includes(state.phase) ? "clock-closes" : "clock-waits"), from: this.#phaseStart(state) };
  }

  #phaseStart(state) {
    const last = this.events.filter((event) => event.closes_at && event.closes_at === state.closes_at)[0];
    return last?.at ?? (state.phase === this.data.phases.biddable[0] ? state.opens_at : null);
  }

  #prices(state, moving) {
    const shown = state.price;
    bind({
      price: shown === null ? "—" : grouped(shown),
      capital: shown === null ? "" : capital(shown),
      total: shown === null || state.divisible ? "" : grouped(product(shown, state.supply)),
      leader: this.#leader(state),
      "next-price": state.next_price === null ? "—" : grouped(state.next_price),
    });
    show({ "next-price": state.next_price !== null, "price-total": shown !== null && !state.divisible, "price-none": shown === null });
    this.countdown.price = shown === null ? "" : `¥${grouped(shown)}`;
    if (moving && shown !== this.#price && shown !== null) this.#slide();
    this.#price = shown;
  }

  #leader(state) {
    if (state.leader === null || this.ended) return "";
    return state.leader === this.data.me?.alias ? text("leader-you") : text("leader", { alias: state.leader });
  }

  /** A new best price moves once; the style sheet decides whether it may. */
  #slide() {
    const price = one("[data-price]");
    price.classList.remove("is-new");
    void price.offsetWidth;
    price.classList.add("is-new");
  }

  #standing(state) {
    const body = one("[data-standing]");
    if (!body) return;
    show({ standing: state.standing !== null && state.standing.length > 0, "standing-hidden": state.standing === null, "standing-empty": state.standing?.length === 0 });
    if (state.standing === null) return;
    const rows = state.standing.map((offer, index) => {
      const own = offer.alias === this.data.me?.alias;
      const wins = Number(offer.wins) > 0;
      return el("tr", { class: own ? "own" : null }, el("td", { class: "num" }, String(index + 1)),
        el("th", { scope: "row" }, offer.alias, own ? el("span", { class: "own-mark" }, text("you-mark")) : null),
        el("td", { class: "num" }, grouped(offer.price)),
        this.data.rules.divisible ? el("td", { class: "num" }, offer.quantity ?? "—") : null,
        el("td", {}, wins ? tag("done", this.data.rules.divisible ? text("standing-wins-quantity", { quantity: offer.wins }) : text("standing-wins")) : tag("", text("standing-out"))));
    });
    body.replaceChildren(...rows);
  }

  #taped({ events, reset }) {
    if (reset) this.#events.clear();
    for (const event of events) this.#events.set(event.seq, event);
    const tape = this.events;
    this.offers = tape.filter((event) => event.price && this.data.events.offers.includes(event.type));
    this.#chart.offers = this.offers;
    const list = one("[data-tape]");
    if (list) list.replaceChildren(...tape.slice(-LONGEST_TAPE).reverse().map((event) => this.#tapeRow(event, dayOf(tape.at(-1).at))));
    show({ "tape-empty": tape.length === 0 });
    this.#explain();
    this.dispatchEvent(new CustomEvent("taped", { detail: { events } }));
  }

  /** Another day than the newest event's stands before the time. */
  #tapeRow(event, newest) {
    const day = dayOf(event.at), when = day === newest ? clockTime(event.at) : `${day} ${clockTime(event.at)}`;
    return el("li", { class: this.data.events.moves.includes(event.type) ? "moves" : null },
      el("time", { datetime: event.at, title: `${day} ${exactTime(event.at)}` }, when), el("span", {}, this.describe(event)), el("span", { class: "seq" }, `#${event.seq}`));
  }

  /** An event in words. */
  describe(event) {
    return describe(event, { divisible: this.data.rules.divisible, ownAlias: this.data.me?.alias ?? null });
  }

  /** Why and how often the close moved. */
  #explain() {
    if (this.state === null) return;
    const moves = this.events.filter((event) => this.data.events.moves.includes(event.type));
    const last = moves.at(-1);
    bind({
      "close-moves": this.state.extensions ? text("close-moved", { count: this.state.extensions }) : text("close-not-moved"),
      "close-last": last && this.state.extensions ? text("close-moved-last", { at: clockTime(last.at), closes_at: last.closes_at ? clockTime(last.closes_at) : "" }) : "",
    });
  }

  #hammered(before) {
    show({ outcome: true });
    bind({ outcome: this.#outcomeWords() });
    this.live.stop(Status.STOPPED);
    if (before !== null && !this.data.phases.ended.includes(before.phase)) one("#result").textContent = this.#outcomeWords();
  }

  #outcomeWords() {
    const { phase, outcome } = this.state;
    if (hasText(`outcome-${phase}`)) return text(`outcome-${phase}`);
    const awards = outcome?.awards ?? [];
    if (!awards.length) return text("outcome-none");
    const price = grouped(outcome.price);
    return awards.length === 1 ? text("outcome-sold", { price, alias: awards[0].alias }) : text("outcome-sold-several", { price, count: awards.length });
  }
}
