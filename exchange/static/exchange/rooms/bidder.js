// The bidder's screen: one price, one clock, one obvious action, and never a doubt about what became of a bid.

import { BidBook, State } from "./bids.js";
import { all, bind, download, el, one, show, tag } from "./dom.js";
import { Ask, asked, problem, stepped } from "./guard.js";
import { Hold } from "./hold.js";
import { capital, fixed, grouped, product, readTyped, toUnits } from "./money.js";
import { leastPrice, referencePrice, suggestedPrice } from "./offers.js";
import { NEEDS_CERTIFICATE, enter, signEntry } from "./roomkey.js";
import { Screen, csrfToken } from "./screen.js";
import { exactTime, hasText, text } from "./text.js";

/** After the market has moved the amount, a press that was already on its way must not send the new one. */
const SETTLE_MS = 500;

class BidderScreen {
  #book = null;
  #you = null;
  #cutOff = false;
  #touched = false;
  #movedAt = -Infinity;
  #ask = Ask.NOTHING;
  #serverAsk = null;
  #busy = false;
  #raising = false;

  constructor() {
    this.screen = new Screen({ pending: () => this.#book?.pending ?? [] });
    const { data, live } = this.screen;
    this.owner = `${data.room}/${data.me.alias}/${data.me.person}`;
    this.#book = new BidBook({ live, owner: this.owner, room: data.room });
    this.form = one("[data-bid-form]");
    this.price = one("[name=price]", this.form);
    this.quantity = one("[name=quantity]", this.form);
    this.retyped = one("[name=retyped]", this.form);
    this.meant = one("[name=meant]", this.form);
    this.hold = new Hold(one("[data-hold]", this.form), () => this.#send(Ask.HOLD));
    this.#listen();
  }

  async start() {
    await this.#book.restore();
    this.#book.adopt(this.screen.data.receipts ?? []);
    this.#you = this.screen.data.you;
    this.screen.start();
    this.#follow();
    if (!this.screen.ended) await this.#enter();
  }

  #entry(url) {
    const { data } = this.screen;
    return { url, csrfToken: csrfToken(), room: data.room, alias: data.me.alias, owner: this.owner, suite: data.suite };
  }

  /** Enter with this browser's key; without it nothing can be signed. What the line broke off is tried again with it. */
  async #enter() {
    show({ "key-problem": false, "key-sign": false });
    this.#cutOff = false;
    try {
      this.#book.key = await enter(this.#entry(this.screen.data.urls.enter));
    } catch (error) {
      const certificate = error.problem?.code === NEEDS_CERTIFICATE;
      this.#cutOff = !error.problem;
      bind({ "key-problem-text": error.problem?.detail ?? text("key-problem") });
      show({ "key-problem": !certificate, "key-sign": certificate });
    }
    this.#paint();
  }

  /** On to the dialogue in which the bidder's certificate vouches for the key. */
  async #signEntry() {
    try {
      location.assign(await signEntry(this.#entry(this.screen.data.urls.sign_entry)));
    } catch (error) {
      bind({ "key-problem-text": error.problem?.detail ?? text("key-problem") });
      show({ "key-problem": true, "key-sign": false });
    }
  }

  #listen() {
    const { screen, form } = this;
    screen.addEventListener("painted", () => this.#follow());
    screen.live.addEventListener("you", (event) => {
      this.#you = event.detail;
      this.#follow();
    });
    screen.live.addEventListener("status", () => {
      if (screen.live.live && this.#cutOff) this.#enter();
      this.#paint();
    });
    this.#book.addEventListener("change", () => this.#receipts());
    this.#book.addEventListener("settled", (event) => this.#announce(event.detail));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.price.addEventListener("input", () => this.#edited());
    this.price.addEventListener("blur", () => this.#tidy(this.price, 2));
    this.quantity?.addEventListener("input", () => this.#edited());
    this.quantity?.addEventListener("blur", () => this.#tidy(this.quantity, 3));
    this.retyped.addEventListener("input", () => this.#paint());
    this.meant.addEventListener("change", () => this.#paint());
    all("[data-steps]", form).forEach((chip) => chip.addEventListener("click", () => this.#step(Number(chip.dataset.steps))));
    all("[data-use-least]", form).forEach((link) => link.addEventListener("click", () => this.#useLeast()));
    one("[data-raise]").addEventListener("click", () => {
      this.#raising = true;
      this.#paint();
      this.price.focus();
    });
    one("[data-key-again]")?.addEventListener("click", () => this.#enter());
    one("[data-key-sign]")?.addEventListener("click", () => this.#signEntry());
  }

  // The amount

  #rule(question) {
    const { state, data } = this.screen;
    return state === null ? null : question(state, data.rules, data.me.alias, this.own?.price ?? null);
  }

  get least() {
    return this.#rule(leastPrice);
  }

  get suggested() {
    return this.#rule(suggestedPrice);
  }

  get reference() {
    return this.#rule(referencePrice);
  }

  get amount() {
    return fixed(readTyped(this.price.value), 2);
  }

  get wanted() {
    return this.quantity ? fixed(readTyped(this.quantity.value), 3) : null;
  }

  /** The market has moved: an amount that the bidder has not touched moves along, one that he typed stays. */
  #follow() {
    const suggested = this.suggested;
    if (!this.#touched && suggested !== null && this.amount !== suggested) {
      if (this.price.value) this.#movedAt = performance.now();
      this.price.value = grouped(suggested);
      this.#serverAsk = null;
    }
    this.#paint();
  }

  #edited() {
    this.#touched = true;
    this.#serverAsk = null;
    this.retyped.value = "";
    this.meant.checked = false;
    this.#paint();
  }

  #tidy(input, places) {
    const plain = fixed(readTyped(input.value), places);
    if (plain !== null) input.value = grouped(plain);
  }

  #step(count) {
    const { rules } = this.screen.data;
    const first = this.suggested ?? rules.start_price;
    this.price.value = grouped(stepped(first, rules.step, count - 1, rules.direction) ?? first);
    this.#edited();
    this.#touched = count !== 1;
  }

  #useLeast() {
    if (this.least !== null) this.price.value = grouped(this.least);
    this.#edited();
    this.#touched = false;
  }

  #problem() {
    const { data } = this.screen;
    const found = problem({
      price: this.amount, nextPrice: this.least, step: data.rules.step, startPrice: data.rules.start_price, direction: data.rules.direction,
      multiples: data.rules.multiples,
    });
    if (found) return found;
    if (!this.quantity) return null;
    const wanted = this.wanted === null ? null : toUnits(this.wanted, 3);
    const most = data.me.maximum_quantity ? toUnits(data.me.maximum_quantity, 3) : null;
    if (wanted === null || wanted === 0n) return { code: "quantity", least: null };
    return most !== null && wanted > most ? { code: "quantity-most", least: data.me.maximum_quantity } : null;
  }

  /** Quotes not spent yet: every one that counted was this bidder's, from whatever device. */
  get #quotesLeft() {
    const limit = this.screen.data.rules.quotes_limit;
    if (limit === null) return Infinity;
    const spent = this.#book.list.filter((record) => record.state === State.ACCEPTED).length;
    return Math.max(0, Math.min(limit - spent, this.#you?.quotes_left ?? limit));
  }

  /** This bidder's own offer as it stands: the public standing is newer than the last `you`. */
  get own() {
    const { state, data } = this.screen;
    return state?.standing?.find((offer) => offer.alias === data.me.alias) ?? this.#you;
  }

  get leading() {
    const { state, data } = this.screen;
    return !data.rules.divisible && !data.rules.sealed && !data.rules.quotes && state?.leader === data.me.alias;
  }

  #asked() {
    if (this.#serverAsk?.price === this.amount) return this.#serverAsk.ask;
    const { data } = this.screen;
    const ask = asked({ price: this.amount, reference: this.reference, step: data.rules.step, limits: data.rules.guard });
    return ask === Ask.NOTHING && this.leading ? Ask.HOLD : ask;
  }

  // The screen

  #paint() {
    const { screen } = this;
    const { data, live } = screen;
    const amount = this.amount;
    const wrong = this.price.value === "" ? { code: "empty", least: this.least } : this.#problem();
    this.#ask = wrong ? Ask.NOTHING : this.#asked();
    const quantity = data.rules.divisible ? this.wanted : data.rules.supply;
    bind({
      "amount-capital": amount ? capital(amount) : "",
      "amount-total": amount && quantity ? `¥${grouped(product(amount, quantity))}` : "—",
      "amount-button": amount ? `¥${grouped(amount)}` : "—",
      problem: wrong && wrong.code !== "empty" ? text(`problem-${wrong.code}`, { least: wrong.least ? grouped(wrong.least) : "" }) : "",
      "least-button": this.least ? text("use-least", { least: grouped(this.least) }) : "",
      "ask-words": this.#askWords(amount),
      "bid-verb": text(!data.rules.sealed ? "verb-bid" : data.rules.replaces && this.own?.price ? "verb-replace" : "verb-hand-in"),
      "quotes-left": data.rules.quotes_limit === null ? "" : text("quotes-left", { count: this.#quotesLeft }),
    });
    const open = screen.biddable;
    if (!this.leading) this.#raising = false;
    this.#orders(open);
    const done = data.rules.one_order && Boolean(this.own?.price);
    const resting = (this.leading && !this.#raising) || done;
    const able = open && live.live && this.#book.ready && !this.#busy && this.#quotesLeft > 0;
    show({
      "bid-form": !screen.ended && !resting, "bid-closed": !open && !screen.ended, "lead-note": open && resting && !done, "sealed-done": open && done, "bid-ended": screen.ended, "ask-hold": open && this.#ask === Ask.HOLD, "ask-retype": open && this.#ask === Ask.RETYPE,
      "button-plain": this.#ask !== Ask.HOLD || this.meant.checked, "button-hold": this.#ask === Ask.HOLD && !this.meant.checked,
      "use-least": Boolean(wrong?.least) && wrong.code !== "quantity-most" && wrong.least !== amount,
    });
    bind({ "bid-ended": this.#endedWords(), "bid-closed": this.#closedWords(), "not-able": this.#notAbleWords(open) });
    this.price.setAttribute("aria-invalid", String(Boolean(wrong) && wrong.code !== "empty" && !wrong.code.startsWith("quantity")));
    this.quantity?.setAttribute("aria-invalid", String(Boolean(wrong?.code.startsWith("quantity"))));
    const retyped = this.#ask !== Ask.RETYPE || fixed(readTyped(this.retyped.value), 2) === amount;
    one("[data-send]", this.form).disabled = !able || Boolean(wrong) || !retyped;
    this.hold.disabled = !able || Boolean(wrong);
    all("[data-steps]", this.form).forEach((chip) => this.#paintChip(chip, open));
    this.#position();
  }

  /** The own orders that stand in a sealed call, each of which can be taken back while the room is open. */
  #orders(open) {
    const list = one("[data-orders]");
    if (!list) return;
    const orders = this.#you?.orders ?? [];
    const able = open && this.screen.live.live && this.#book.ready && !this.#busy;
    const words = JSON.stringify([orders, able]);
    show({ orders: orders.length > 0 && !this.screen.ended });
    if (list.dataset.words === words) return;
    list.dataset.words = words;
    list.replaceChildren(...orders.map((order) => el("li", { class: "row-wrap" },
      el("span", { class: "receipt-price" }, `¥${grouped(order.price)} × ${order.quantity}`),
      el("button", {
        type: "button", class: "btn btn-outline-secondary", "data-withdraw": order.bid_id, disabled: !able, onclick: () => this.#withdraw(order),
        "aria-label": text("withdraw-order", { price: grouped(order.price), quantity: order.quantity }),
      }, text("withdraw")))));
  }

  async #withdraw(order) {
    if (this.#busy || !this.#book.ready) return;
    this.#busy = true;
    one("#refusal").textContent = "";
    one("#result").textContent = text("withdrawing", { price: grouped(order.price) });
    try {
      await this.#book.withdraw(order);
    } catch (error) {
      one("#refusal").textContent = text("not-kept", { reason: error.message });
    }
    this.#busy = false;
    this.#paint();
  }

  #paintChip(chip, open) {
    const { rules } = this.screen.data;
    const value = this.suggested === null ? null : stepped(this.suggested, rules.step, Number(chip.dataset.steps) - 1, rules.direction);
    chip.disabled = !open || value === null;
    chip.setAttribute("aria-pressed", String(value !== null && value === this.amount));
    one("[data-chip-price]", chip).textContent = value === null ? "—" : grouped(value);
  }

  #askWords(amount) {
    if (this.#ask === Ask.NOTHING || amount === null) return "";
    if (this.leading && this.#serverAsk === null) return text("ask-leading");
    const { data } = this.screen;
    const reference = this.reference;
    const [own, from] = [toUnits(amount, 2), toUnits(reference, 2)];
    const away = own > from ? own - from : from - own;
    const percent = Number((away * 1000n) / from) / 10;
    const step = toUnits(data.rules.step, 2);
    const steps = step > 0n ? away / step : 0n;
    const key = this.#ask === Ask.RETYPE ? "ask-retype" : "ask-hold";
    return text(steps > 0n ? key : `${key}-percent`, { percent, steps: String(steps), reference: grouped(reference) });
  }

  #closedWords() {
    const { state } = this.screen;
    if (state === null) return "";
    return state.paused ? text("closed-paused") : hasText(`closed-${state.phase}`) ? text(`closed-${state.phase}`) : text("closed");
  }

  /** What the hammer meant for this bidder. */
  #endedWords() {
    const { state, data } = this.screen;
    if (!this.screen.ended) return "";
    const won = (state.outcome?.awards ?? []).filter((award) => award.alias === data.me.alias);
    if (!won.length) return text(state.outcome?.awards?.length ? "you-lost" : "you-nobody");
    const { price, quantity, amount } = won[0];
    return text("you-won", { price: grouped(price), quantity, amount: grouped(amount) });
  }

  #notAbleWords(open) {
    if (!open || this.screen.ended) return "";
    if (!this.screen.live.live) return text("not-able-connection");
    if (!this.#book.ready) return text("not-able-key");
    return this.#quotesLeft > 0 ? "" : text("not-able-quotes");
  }

  /** Where the bidder stands, in one sentence. */
  #position() {
    const [kind, words] = this.#positionWords();
    const place = one("[data-position]");
    if (place.dataset.words === words) return;
    place.dataset.words = words;
    place.replaceChildren(...(words ? [tag(kind, words)] : []));
  }

  #positionWords() {
    const { data, state } = this.screen;
    const you = this.own;
    if (state === null || this.screen.ended) return ["", ""];
    const mine = you?.price ?? null;
    if (mine === null && state.leader !== data.me.alias) return ["", text("position-none")];
    if (data.rules.sealed) return ["done", text("position-sealed", { price: grouped(mine) })];
    if (data.rules.divisible) {
      const wins = you?.wins ?? "0";
      return Number(wins) > 0 ? ["done", text("position-wins", { quantity: wins })] : ["waiting", text("position-wins-nothing")];
    }
    if (data.rules.quotes) {
      if (you?.wins === null || you?.wins === undefined) return ["info", text("position-quoted", { price: grouped(mine) })];
      return Number(you.wins) > 0 ? ["done", text("position-inside", { rank: you.rank ?? "" })] : ["waiting", text("position-outside", { rank: you.rank ?? "" })];
    }
    if (state.leader === data.me.alias) return ["done", text("position-lead")];
    return ["waiting", text("position-outbid", { price: grouped(mine) })];
  }

  // Sending

  #submit() {
    if (this.#ask === Ask.HOLD) return this.meant.checked ? this.#send(Ask.HOLD) : undefined;
    if (this.#ask === Ask.RETYPE) return fixed(readTyped(this.retyped.value), 2) === this.amount ? this.#send(Ask.RETYPE) : undefined;
    return this.#send(Ask.NOTHING);
  }

  async #send(confirm) {
    if (this.#busy || this.#problem() || !this.#book.ready) return;
    if (performance.now() - this.#movedAt < SETTLE_MS) {
      one("#refusal").textContent = text("just-moved", { price: grouped(this.amount) });
      return;
    }
    this.#busy = true;
    one("#refusal").textContent = "";
    one("#result").textContent = text("sending", { price: grouped(this.amount) });
    try {
      await this.#book.place({ price: this.amount, quantity: this.wanted, confirm });
      this.#afterSending();
    } catch (error) {
      one("#refusal").textContent = text("not-kept", { reason: error.message });
    }
    this.#busy = false;
    this.#paint();
  }

  #afterSending() {
    this.meant.checked = false;
    this.retyped.value = "";
    this.#serverAsk = null;
    this.#touched = this.screen.data.rules.sealed;
  }

  /** Say what became of a bid: good news politely, a refusal at once. */
  #announce(record) {
    const price = grouped(record.frame.price ?? record.price ?? "");
    if (record.state === State.ACCEPTED || record.state === State.WITHDRAWN) {
      one("#refusal").textContent = "";
      // In a sealed call an order has no place that may be told before the end.
      const words = (record.state === State.ACCEPTED ? "result-accepted" : "result-withdrawn") + (record.receipt.seq ? "" : "-sealed");
      one("#result").textContent = text(words, { price, seq: record.receipt.seq, at: exactTime(record.receipt.received_at) });
      return;
    }
    one("#result").textContent = "";
    if (record.frame.type === "withdraw") {
      one("#refusal").textContent = `${text("result-stands", { price })} ${record.receipt ? this.#reason(record.receipt) : ""}`;
      return;
    }
    one("#refusal").textContent = record.state === State.NOT_ARRIVED ? text("result-not-arrived", { price }) : `${text("result-refused", { price })} ${this.#reason(record.receipt)}`;
    this.#honour(record);
  }

  /** The server asks for a surer sign: keep the amount and ask the bidder. */
  #honour(record) {
    const need = this.screen.data.guard_codes[record.receipt?.code];
    if (!need) return;
    const ask = record.receipt.fields?.confirm ?? need;
    this.price.value = grouped(record.frame.price);
    this.#touched = true;
    this.#serverAsk = { price: record.frame.price, ask };
    this.#paint();
  }

  #reason(receipt) {
    if (receipt.message) return receipt.message;
    return hasText(`refusal-${receipt.code}`) ? text(`refusal-${receipt.code}`, receipt.fields) : receipt.code;
  }

  // Receipts

  #receipts() {
    const list = this.#book.list;
    show({ "receipts-empty": list.length === 0, receipts: list.length > 0 });
    const open = new Set(all("[data-receipts] details[open]").map((entry) => entry.dataset.bid));
    one("[data-receipts]").replaceChildren(...list.map((record) => this.#receiptRow(record, open.has(record.frame.bid_id))));
    this.#paint();
  }

  #receiptRow(record, open) {
    const { frame, receipt, state } = record;
    const kinds = { SENDING: "waiting", CHECKING: "waiting", ACCEPTED: "done", WITHDRAWN: "done", REFUSED: "stop", NOT_ARRIVED: "stop", GIVEN_UP: "" };
    const at = receipt?.received_at ?? new Date(record.madeAt).toISOString();
    const summary = el("summary", {}, el("span", { class: "receipt-price" }, `¥${grouped(frame.price || record.price || "0")}`, this.screen.data.rules.divisible && (frame.quantity ?? record.quantity) ? ` × ${frame.quantity ?? record.quantity}` : ""),
      tag(kinds[state], text(`bid-${state}`)), el("time", { datetime: at }, exactTime(at)));
    return el("li", {}, el("details", { "data-bid": frame.bid_id, "data-state": state, open }, summary, ...this.#receiptFacts(record, at)), this.#receiptActions(record));
  }

  #receiptFacts({ frame, receipt, state }, at) {
    const fact = (name, value, code = false) => (value ? el("div", {}, el("dt", {}, text(name)), el("dd", {}, code ? el("code", { class: "hash" }, value) : value)) : null);
    const facts = el("dl", { class: "receipt-facts" },
      receipt?.code ? fact("receipt-reason", this.#reason(receipt)) : null,
      fact("receipt-seq", receipt?.seq ? this.#placeInLog(receipt) : ""), fact(receipt?.hash ? "receipt-received" : "receipt-made", `${exactTime(at)} UTC+8`),
      fact("receipt-hash", receipt?.hash, true), fact("receipt-id", frame.bid_id, true));
    const button = receipt?.proof ? el("button", { type: "button", class: "btn btn-outline-secondary", onclick: () => this.#save(receipt) }, text("receipt-download")) : null;
    return [facts, state === State.CHECKING ? el("p", { class: "quiet" }, text("bid-checking-note")) : null, button].filter(Boolean);
  }

  #receiptActions(record) {
    if (record.state !== State.NOT_ARRIVED) return null;
    const id = record.frame.bid_id;
    return el("div", { class: "row-wrap" },
      el("button", { type: "button", class: "btn btn-primary", onclick: () => this.#book.resend(id) }, text("bid-resend")),
      el("button", { type: "button", class: "btn btn-outline-secondary", onclick: () => this.#book.giveUp(id) }, text("bid-give-up")));
  }

  #placeInLog(receipt) {
    return el("a", { href: `/evidence/room:${receipt.room}/${receipt.seq}/?hash=${receipt.hash}` }, `#${receipt.seq}`);
  }

  #save(receipt) {
    download(`receipt-${receipt.room}-${receipt.seq || receipt.bid_id}.json`, JSON.stringify(receipt.proof, null, 2));
  }
}

new BidderScreen().start();
