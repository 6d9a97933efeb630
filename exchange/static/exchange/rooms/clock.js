// The server's time on this device. Built on the monotonic clock: setting the computer's clock moves nothing here.

const SAMPLES = 8;

export class ServerClock {
  #samples = [];
  #base = null;
  #precise = false;

  /** A first idea of the server's time, from a message of unknown age. */
  seed(serverMs) {
    if (!this.#precise && Number.isFinite(serverMs)) this.#base = serverMs - performance.now();
  }

  /** One ping and its answer; both `sent` and `received` are readings of `performance.now()`. */
  sample(sent, received, serverMs) {
    const roundTrip = received - sent;
    if (!(roundTrip >= 0) || !Number.isFinite(serverMs)) return;
    this.#samples.push({ roundTrip, base: serverMs - (sent + received) / 2 });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    const best = this.#samples.reduce((a, b) => (b.roundTrip < a.roundTrip ? b : a));
    this.#base = best.base;
    this.#precise = true;
  }

  /** After a lost connection older samples say nothing about the new path. */
  forget() {
    this.#samples = [];
  }

  /** Milliseconds since 1970 by the server's clock. */
  now() {
    return this.#base === null ? Date.now() : performance.now() + this.#base;
  }

  get known() {
    return this.#precise;
  }

  /** Half the shortest round trip: how wrong `now()` can be at most. */
  get uncertainty() {
    return this.#samples.length ? Math.min(...this.#samples.map((sample) => sample.roundTrip)) / 2 : null;
  }

  /** The latest round trip. */
  get roundTrip() {
    return this.#samples.length ? this.#samples[this.#samples.length - 1].roundTrip : null;
  }

  /** How far the computer's own clock is from the server's: positive when the computer is slow. */
  get offset() {
    return this.#precise ? this.now() - Date.now() : null;
  }
}
