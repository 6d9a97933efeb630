// What becomes of a bid: SENDING → ACCEPTED or REFUSED; CHECKING while its fate is unknown. No bid is ever quietly dropped:
// it is kept in this browser before it is sent, and asked for by its id until the server has answered.

import * as store from "./store.js";
import { canonicalBid, canonicalWithdrawal } from "./roomkey.js";

export const State = Object.freeze({
  SENDING: "SENDING",
  CHECKING: "CHECKING",
  ACCEPTED: "ACCEPTED",
  WITHDRAWN: "WITHDRAWN",
  REFUSED: "REFUSED",
  NOT_ARRIVED: "NOT_ARRIVED",
  GIVEN_UP: "GIVEN_UP",
});

const OPEN_STATES = new Set([State.SENDING, State.CHECKING]);
const PATIENCE_MS = 4000;
/** A bid that never arrived is sent again by itself only while the bidder still has it in mind. */
const RESEND_WITHIN_MS = 10_000;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

export function newBidId() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return "b-" + Array.from(random, (byte) => ALPHABET[byte % 64]).join("");
}

/** The bids of one bidder in one room. Emits `change` whenever one of them does, `settled` when one gets its verdict. */
export class BidBook extends EventTarget {
  records = new Map();
  #live;
  #key = null;
  #owner;
  #room;
  #timers = new Map();

  constructor({ live, owner, room }) {
    super();
    this.#live = live;
    this.#owner = owner;
    this.#room = room;
    live.addEventListener("receipt", (event) => this.#settled(event.detail));
    live.addEventListener("unknown", (event) => this.#unknown(event.detail.bid_id));
    live.addEventListener("refusal", (event) => this.#refused(event.detail));
    live.addEventListener("status", (event) => event.detail.status === "LIVE" || this.#allUncertain());
  }

  set key(key) {
    this.#key = key;
  }

  get ready() {
    return this.#key !== null;
  }

  /** Take up what an earlier visit of this page left: unanswered bids are asked for at once, by `hello`. */
  async restore() {
    for (const record of await store.bidsOf(this.#owner)) {
      if (OPEN_STATES.has(record.state)) record.state = State.CHECKING;
      if (!this.records.has(record.frame.bid_id)) this.records.set(record.frame.bid_id, record);
    }
    this.#changed();
  }

  /** Receipts that the server gave with the page: it knows bids that another device made. */
  adopt(receipts) {
    for (const receipt of receipts) this.#settled(receipt, true);
  }

  get pending() {
    return [...this.records.values()].filter((record) => OPEN_STATES.has(record.state)).map((record) => record.frame.bid_id);
  }

  /** Newest first. */
  get list() {
    return [...this.records.values()].sort((a, b) => b.madeAt - a.madeAt);
  }

  /** Keep the bid, then send it. */
  async place({ price, quantity = null, confirm = "NONE" }) {
    const frame = { type: "bid", bid_id: newBidId(), price, quantity, confirm, key: this.#key.id };
    frame.signature = await this.#key.sign(canonicalBid(frame, this.#room));
    return this.#dispatch(frame);
  }

  /** Take an own order out of a sealed call; the request has an id and a verdict as a bid has. */
  async withdraw(order) {
    const { price, quantity } = order;
    const frame = { type: "withdraw", bid_id: newBidId(), order: order.bid_id, key: this.#key.id };
    frame.signature = await this.#key.sign(canonicalWithdrawal(frame, this.#room));
    return this.#dispatch(frame, { price, quantity });
  }

  /** Keep the frame, then send it. `about`: what the reader is told of it, where the frame does not say it. */
  async #dispatch(frame, about = {}) {
    const record = {
      id: `${this.#owner}/${frame.bid_id}`, owner: this.#owner, frame, state: State.SENDING, madeAt: this.#live.clock.now(), receipt: null, ...about,
    };
    await store.put("bids", record);
    this.records.set(frame.bid_id, record);
    this.#send(record);
    this.#changed();
    return record;
  }

  /** The bidder wants a bid that never arrived to be sent after all: the same bid, with the same id. */
  resend(bidId) {
    const record = this.records.get(bidId);
    if (record?.state !== State.NOT_ARRIVED) return;
    record.state = State.SENDING;
    this.#send(record);
    this.#keep(record);
  }

  /** The bidder lets a bid go that the server has never seen. */
  giveUp(bidId) {
    const record = this.records.get(bidId);
    if (record?.state !== State.NOT_ARRIVED) return;
    record.state = State.GIVEN_UP;
    this.#keep(record);
  }

  #send(record) {
    if (!this.#live.send(record.frame)) record.state = State.CHECKING;
    else this.#expect(record);
  }

  /** No verdict for a while: ask for it, rather than let the bidder wonder. */
  #expect(record) {
    const id = record.frame.bid_id;
    clearTimeout(this.#timers.get(id));
    this.#timers.set(id, setTimeout(() => {
      if (!OPEN_STATES.has(record.state)) return;
      record.state = State.CHECKING;
      this.#live.send({ type: "lookup", bid_ids: [id] });
      this.#expect(record);
      this.#keep(record);
    }, PATIENCE_MS));
  }

  #settled(receipt, quietly = false) {
    const record = this.records.get(receipt.bid_id) ?? this.#foreign(receipt);
    const first = record.receipt === null;
    clearTimeout(this.#timers.get(receipt.bid_id));
    record.state = { ACCEPTED: State.ACCEPTED, WITHDRAWN: State.WITHDRAWN }[receipt.verdict] ?? State.REFUSED;
    record.receipt = receipt;
    this.#keep(record);
    if (first && !quietly) this.dispatchEvent(new CustomEvent("settled", { detail: record }));
  }

  #foreign(receipt) {
    const frame = { type: "bid", bid_id: receipt.bid_id, price: receipt.price, quantity: receipt.quantity || null };
    const record = {
      id: `${this.#owner}/${receipt.bid_id}`, owner: this.#owner, frame, state: State.CHECKING, madeAt: Date.parse(receipt.received_at),
      receipt: null,
    };
    this.records.set(receipt.bid_id, record);
    return record;
  }

  #unknown(bidId) {
    const record = this.records.get(bidId);
    if (!record || !OPEN_STATES.has(record.state)) return;
    const recent = this.#live.clock.now() - record.madeAt < RESEND_WITHIN_MS;
    record.state = recent ? State.SENDING : State.NOT_ARRIVED;
    if (recent) this.#send(record);
    this.#keep(record);
    if (!recent) this.dispatchEvent(new CustomEvent("settled", { detail: record }));
  }

  #refused(refusal) {
    const record = refusal.bid_id ? this.records.get(refusal.bid_id) : null;
    if (!record || !OPEN_STATES.has(record.state)) return;
    if (refusal.retryable) {
      setTimeout(() => OPEN_STATES.has(record.state) && this.#send(record), refusal.fields?.retry_after_ms ?? 500);
      return;
    }
    clearTimeout(this.#timers.get(refusal.bid_id));
    record.state = State.REFUSED;
    record.receipt = { ...refusal, verdict: "REFUSED", seq: null };
    this.#keep(record);
    this.dispatchEvent(new CustomEvent("settled", { detail: record }));
  }

  #allUncertain() {
    for (const record of this.records.values()) {
      if (record.state !== State.SENDING) continue;
      record.state = State.CHECKING;
      this.#keep(record);
    }
  }

  #keep(record) {
    store.put("bids", record).catch(() => {});
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
