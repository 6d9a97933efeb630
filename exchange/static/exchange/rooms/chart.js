// The course of the prices, drawn beside the table that holds the same numbers.

import uPlot from "../../vendor/uplot/uPlot.esm.js";
import { el, one } from "./dom.js";
import { grouped } from "./money.js";
import { clockTime, text } from "./text.js";

const HEIGHT = 240;
const dark = matchMedia("(prefers-color-scheme: dark)");

export class PriceChart {
  #holder;
  #plot = null;
  #offers = [];
  #upTo = null;
  #queued = false;

  /** Draws into `holder`; `body` is the table body with the same offers. */
  constructor(holder, body) {
    this.#holder = holder;
    this.body = body;
    new ResizeObserver(() => this.#resize()).observe(holder);
    dark.addEventListener("change", () => this.#rebuild());
  }

  /** All offers so far, oldest first: {at, price, alias, seq, quantity}. */
  set offers(offers) {
    this.#offers = offers;
    this.#later();
  }

  /** Draw only what had happened by `at` (milliseconds), for the replay. */
  set upTo(at) {
    this.#upTo = at;
    this.#later();
  }

  #later() {
    if (this.#queued) return;
    this.#queued = true;
    requestAnimationFrame(() => {
      this.#queued = false;
      this.#draw();
    });
  }

  get #visible() {
    return this.#upTo === null ? this.#offers : this.#offers.filter((offer) => Date.parse(offer.at) <= this.#upTo);
  }

  // Numbers are rounded here for drawing alone; the table and the prices on the screen stay exact text.
  #data() {
    const instants = this.#visible.map((offer) => Date.parse(offer.at) / 1000);
    const prices = this.#visible.map((offer) => Number(offer.price));
    // One point has no course: half a minute of room beside it gives the axis something to measure.
    return instants.length === 1 ? [[...instants, instants[0] + 30], [...prices, null]] : [instants, prices];
  }

  #draw() {
    const visible = this.#visible;
    this.#holder.hidden = visible.length === 0;
    const empty = one("[data-chart-empty]", this.#holder.parentElement);
    if (empty) empty.hidden = visible.length > 0;
    this.#table(visible);
    if (!visible.length) return;
    if (this.#plot === null) this.#rebuild();
    else this.#plot.setData(this.#data());
    this.#holder.setAttribute("aria-label", this.#summary(visible));
  }

  #summary(visible) {
    const [first, last] = [visible[0], visible.at(-1)];
    return text("chart-summary", { count: visible.length, first: grouped(first.price), last: grouped(last.price), at: clockTime(last.at) });
  }

  #table(visible) {
    if (!this.body || this.body.dataset.seq === String(visible.at(-1)?.seq ?? 0)) return;
    this.body.dataset.seq = String(visible.at(-1)?.seq ?? 0);
    this.body.replaceChildren(
      ...visible.slice(-200).reverse().map((offer) =>
        el("tr", {}, el("td", { class: "num" }, String(offer.seq)), el("td", {}, clockTime(offer.at)), el("td", {}, offer.alias ?? "—"),
          el("td", { class: "num" }, grouped(offer.price)))),
    );
  }

  #rebuild() {
    this.#plot?.destroy();
    this.#plot = null;
    if (!this.#visible.length) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 }, font: "12px system-ui" };
    const width = this.#holder.clientWidth || 320;
    this.#plot = new uPlot(
      {
        width,
        height: HEIGHT,
        padding: [12, 32, 0, 0],
        cursor: { show: false },
        legend: { show: false },
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), "Asia/Shanghai"),
        scales: { y: { range: (_, low, high) => spread(low, high) } },
        axes: [
          { ...axis, space: 72, values: (_, ticks) => ticks.map((tick) => clockTime(tick * 1000)) },
          { ...axis, size: 76, values: (_, ticks) => ticks.map((tick) => grouped(String(tick))) },
        ],
        series: [
          {},
          { stroke: colour("--teal"), width: 2, paths: uPlot.paths.stepped({ align: 1 }), points: { show: true, size: 6, fill: colour("--sheet"), stroke: colour("--teal") } },
        ],
      },
      this.#data(),
      this.#holder,
    );
  }

  #resize() {
    const width = this.#holder.clientWidth;
    if (this.#plot && width && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
  }
}

function spread(low, high) {
  const room = (high - low || Math.abs(high) * 0.02 || 1) * 0.15;
  return [low - room, high + room];
}
