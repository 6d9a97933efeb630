// The socket of a room: ticket, hello, clock, order, and coming back. Frames are described in docs/protocol.md.

import { ServerClock } from "./clock.js";

const OPEN_TIMEOUT_MS = 10_000;
const TICKET_LIFETIME_MS = 55_000;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 15_000;
const CLOSE = { SIGNED_OUT: 4401, NO_ROOM: 4404, TOO_MANY: 4429, RESTART: 1012 };

export const Status = Object.freeze({
  CONNECTING: "CONNECTING",
  LIVE: "LIVE",
  RECONNECTING: "RECONNECTING",
  SIGNED_OUT: "SIGNED_OUT",
  GONE: "GONE",
  STOPPED: "STOPPED",
});

/**
 * Speaks with one room and never gives up quietly.
 *
 * Events: `status` {status, retryAt}, `state` {frame, fresh}, `tape` {events, reset}, `receipt`, `unknown`, `refusal`,
 * `you`, `clock`, `welcome`, each with its frame in `detail`.
 */
export class LiveRoom extends EventTarget {
  clock = new ServerClock();
  status = Status.CONNECTING;
  seq = 0;
  epoch = "";
  #socket = null;
  #options;
  #attempt = 0;
  #timers = {};
  #pings = new Map();
  #pingId = 0;
  #lastHeard = 0;
  #pingEvery = 5000;
  #ready = false;
  #ticket = null;

  /** `options`: socketUrl, ticketUrl, csrfToken, pending() → unanswered bid ids. */
  constructor(options) {
    super();
    this.#options = options;
  }

  start() {
    addEventListener("online", () => this.#hurry());
    addEventListener("offline", () => this.#drop());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#wake();
    });
    this.#connect();
  }

  /** Close for good: the page has nothing more to hear. */
  stop(status = Status.STOPPED) {
    this.#setStatus(status);
    this.#close();
  }

  get live() {
    return this.#ready;
  }

  /** Send a frame; false when there is no connection to send it on. */
  send(frame) {
    if (!this.#ready || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  async #connect() {
    clearTimeout(this.#timers.retry);
    this.#setStatus(this.#attempt ? Status.RECONNECTING : Status.CONNECTING);
    const ticket = this.#keptTicket() ?? (await this.#fetchTicket());
    if (ticket === null) return;
    const socket = new WebSocket(this.#options.socketUrl);
    this.#socket = socket;
    this.#timers.open = setTimeout(() => socket.close(), OPEN_TIMEOUT_MS);
    socket.addEventListener("open", () => {
      const pending = this.#options.pending ? this.#options.pending().slice(0, 64) : [];
      socket.send(JSON.stringify({ type: "hello", ticket, epoch: this.epoch, seq: this.seq, pending }));
    });
    socket.addEventListener("message", (message) => socket === this.#socket && this.#heard(message.data));
    socket.addEventListener("close", (event) => socket === this.#socket && this.#closed(event.code));
  }

  /** The ticket in hand while it is good: a thousand browsers coming back at once then cost no session look-ups. */
  #keptTicket() {
    return this.#ticket && performance.now() < this.#ticket.goodUntil ? this.#ticket.text : null;
  }

  /** A ticket that came with the page, `ageMs` ago. */
  useTicket(text, ageMs) {
    this.#keepTicket(text, TICKET_LIFETIME_MS - ageMs);
  }

  #keepTicket(text, lifetimeMs) {
    this.#ticket = { text, goodUntil: performance.now() + lifetimeMs };
    return text;
  }

  /** A fresh ticket from the page; null when the attempt ended here, with what follows already arranged. */
  async #fetchTicket() {
    try {
      const response = await fetch(this.#options.ticketUrl, {
        method: "POST",
        headers: { "X-CSRFToken": this.#options.csrfToken, Accept: "application/json" },
        credentials: "same-origin",
        redirect: "error",
        signal: AbortSignal.timeout(OPEN_TIMEOUT_MS),
      });
      if (response.ok) return this.#keepTicket((await response.json()).ticket, TICKET_LIFETIME_MS);
      if (response.status === 401 || response.status === 403) this.stop(Status.SIGNED_OUT);
      else if (response.status === 404) this.stop(Status.GONE);
      else this.#retryLater();
    } catch {
      this.#retryLater();
    }
    return null;
  }

  #heard(data) {
    this.#lastHeard = performance.now();
    const frame = JSON.parse(data);
    switch (frame.type) {
      case "welcome":
        return this.#welcomed(frame);
      case "state":
        return this.#stated(frame);
      case "history":
        return this.#historied(frame);
      case "pong":
        return this.#ponged(frame);
      case "ticket":
        this.#keepTicket(frame.ticket, TICKET_LIFETIME_MS);
        return this.#renewLater(frame.renew_after_ms);
      case "verdicts":
        return frame.verdicts.forEach((verdict) => this.#emit(verdict.type, verdict));
      default:
        return this.#emit(frame.type, frame);
    }
  }

  #welcomed(frame) {
    clearTimeout(this.#timers.open);
    this.#attempt = 0;
    this.#ready = true;
    this.#pingEvery = frame.ping_every_ms;
    this.clock.forget();
    this.clock.seed(Date.parse(frame.at));
    this.#setStatus(Status.LIVE);
    this.#renewLater(frame.renew_after_ms);
    this.#ping();
    // A quick second and third sample: the first one pays for the connection being new.
    setTimeout(() => this.#ping(), 300);
    setTimeout(() => this.#ping(), 900);
    clearInterval(this.#timers.ping);
    this.#timers.ping = setInterval(() => this.#beat(), this.#pingEvery);
    this.#emit("welcome", frame);
    frame.verdicts.forEach((verdict) => this.#emit(verdict.type, verdict));
  }

  #stated(frame) {
    const reset = frame.epoch !== this.epoch;
    if (!reset && frame.seq < this.seq) return;
    const missing = !reset && !frame.full && frame.since > this.seq;
    const known = reset ? 0 : this.seq;
    const events = frame.events.filter((event) => event.seq > known);
    const gap = !reset && (missing || (events.length > 0 && frame.seq > known && this.#hasGap(known, frame)));
    const before = this.seq;
    this.epoch = frame.epoch;
    this.seq = frame.seq;
    this.#emit("state", { frame, fresh: reset });
    this.#emit("tape", { events, reset });
    if (gap && before > 0) this.send({ type: "history", after: before, limit: 200 });
  }

  /** Whether events between the known `seq` and this frame were left out because too many happened at once. */
  #hasGap(known, frame) {
    return frame.events.length >= 20 && frame.events[0].seq > known + 1;
  }

  #historied(frame) {
    this.#emit("tape", { events: frame.events, reset: false });
    const last = frame.events.at(-1);
    if (frame.more && last) this.send({ type: "history", after: last.seq, limit: 200 });
  }

  #ping() {
    const id = (this.#pingId += 1);
    this.#pings.set(id, performance.now());
    if (this.#pings.size > 16) this.#pings.delete(this.#pings.keys().next().value);
    this.send({ type: "ping", id, sent_ms: Date.now() });
  }

  #ponged(frame) {
    const sent = this.#pings.get(frame.id);
    if (sent === undefined) return;
    this.#pings.delete(frame.id);
    this.clock.sample(sent, performance.now(), frame.server_ms);
    this.#emit("clock", {});
  }

  /** Ask for a sign of life; a feed that has silently stopped is closed and opened again. */
  #beat() {
    if (performance.now() - this.#lastHeard > 2.5 * this.#pingEvery) this.#drop();
    else this.#ping();
  }

  #wake() {
    if (this.#ready) this.#ping();
    else this.#hurry();
  }

  #renewLater(afterMs) {
    clearTimeout(this.#timers.renew);
    this.#timers.renew = setTimeout(() => this.send({ type: "renew", ticket: this.#ticket?.text ?? "" }), afterMs);
  }

  #closed(code) {
    this.#stopTimers();
    this.#ready = false;
    this.#socket = null;
    if (this.status === Status.STOPPED || this.status === Status.SIGNED_OUT || this.status === Status.GONE) return;
    if (code === CLOSE.SIGNED_OUT) this.#ticket = null;
    if (code === CLOSE.NO_ROOM) return this.#setStatus(Status.GONE);
    this.#retryLater(code);
  }

  /** Full jitter, so that a thousand browsers do not come back in the same instant. */
  #retryLater(code = 0) {
    this.#attempt += 1;
    const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(this.#attempt - 1, 6));
    let wait = 100 + Math.random() * ceiling;
    if (code === CLOSE.RESTART) wait = Math.random() * 1000;
    if (code === CLOSE.TOO_MANY) wait = LONGEST_BACKOFF_MS;
    this.#setStatus(Status.RECONNECTING, performance.now() + wait);
    clearTimeout(this.#timers.retry);
    this.#timers.retry = setTimeout(() => this.#connect(), wait);
  }

  #hurry() {
    if (this.status !== Status.RECONNECTING || this.#socket) return;
    this.#attempt = 1;
    this.#connect();
  }

  /** Treat the connection as lost now, without waiting for the network to admit it. */
  #drop() {
    const socket = this.#socket;
    if (!socket) return;
    this.#closed(0);
    socket.close();
  }

  #close() {
    this.#stopTimers();
    clearTimeout(this.#timers.retry);
    this.#ready = false;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #stopTimers() {
    clearTimeout(this.#timers.open);
    clearTimeout(this.#timers.renew);
    clearInterval(this.#timers.ping);
    this.#pings.clear();
  }

  #setStatus(status, retryAt = null) {
    this.status = status;
    this.#emit("status", { status, retryAt });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
