// The clock that everybody in the room sees: the server's deadline, counted on the monotonic clock.

import { bind, one } from "./dom.js";
import { clockTime, text } from "./text.js";

const CUES = [300, 60, 30, 10];

/** What the clock shows with `ms` to go: 1:02:03, 04:05, and in the last ten seconds 9.4. */
export function remaining(ms) {
  const left = Math.max(0, ms);
  if (left < 10_000) return (Math.floor(left / 100) / 10).toFixed(1);
  const seconds = Math.ceil(left / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** Which cue to speak on the way from `before` to `now` milliseconds left; null for none. */
export function cueBetween(before, now) {
  return CUES.find((cue) => before > cue * 1000 && now <= cue * 1000 && now > (cue - 5) * 1000) ?? null;
}

export class Countdown {
  #clock;
  #target = null;
  #window = 0;
  #before = Infinity;
  #timer = 0;
  #title = document.title;
  #price = "";

  constructor(clock) {
    this.#clock = clock;
    this.#tick();
  }

  /** Count to `target` (an instant, or null for no deadline); `openedAt` starts the bar. */
  aim(target, label, openedAt = null) {
    const instant = target === null ? null : Date.parse(target);
    if (instant !== this.#target) {
      this.#before = Infinity;
      this.#window = instant === null ? 0 : Math.max(instant - (openedAt === null ? this.#clock.now() : Date.parse(openedAt)), 1000);
    }
    this.#target = instant;
    bind({ "clock-label": label, "closes-at": instant === null ? "" : `${clockTime(instant)} UTC+8` });
    this.#tick();
  }

  set price(shown) {
    this.#price = shown;
  }

  get left() {
    return this.#target === null ? null : this.#target - this.#clock.now();
  }

  #tick() {
    clearTimeout(this.#timer);
    const bar = one("[data-clock]");
    const left = this.left;
    if (left === null) {
      bind({ clock: "—" });
      bar.dataset.urgency = "";
      document.title = this.#price ? `${this.#price} · ${this.#title}` : this.#title;
    } else {
      this.#paint(bar, left);
    }
    const wait = left !== null && left > 0 && left < 10_500 ? 50 : 250;
    this.#timer = setTimeout(() => this.#tick(), wait);
  }

  #paint(bar, left) {
    const shown = remaining(left);
    bind({ clock: shown });
    bar.dataset.urgency = left <= 0 ? "over" : left <= 10_000 ? "last" : left <= 30_000 ? "soon" : "";
    const progress = one("[data-clock-progress]");
    if (progress) {
      progress.max = this.#window;
      progress.value = Math.min(Math.max(left, 0), this.#window);
    }
    const cue = cueBetween(this.#before, left);
    if (cue !== null) one("#cue").textContent = text(`cue-${cue}`);
    this.#before = left;
    document.title = [shown, this.#price, this.#title].filter(Boolean).join(" · ");
  }
}
