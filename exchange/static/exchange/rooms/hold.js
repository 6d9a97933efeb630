// A button that acts after it has been held for a second, by pointer or by key.

const HOLD_MS = 1000;

export class Hold {
  #button;
  #progress;
  #act;
  #since = 0;
  #frame = 0;

  constructor(button, act) {
    this.#button = button;
    this.#progress = button.querySelector("progress");
    this.#act = act;
    button.addEventListener("pointerdown", (event) => event.button === 0 && this.#begin());
    for (const end of ["pointerup", "pointercancel", "pointerleave", "blur"]) button.addEventListener(end, () => this.#end());
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    button.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      if (!event.repeat) this.#begin();
    });
    button.addEventListener("keyup", () => this.#end());
  }

  set disabled(disabled) {
    this.#button.disabled = disabled;
    if (disabled) this.#end();
  }

  #begin() {
    if (this.#button.disabled || this.#since) return;
    this.#since = performance.now();
    this.#tick();
  }

  #tick() {
    const held = performance.now() - this.#since;
    this.#progress.value = Math.min(held / HOLD_MS, 1);
    if (held < HOLD_MS) {
      this.#frame = requestAnimationFrame(() => this.#tick());
      return;
    }
    this.#end();
    this.#act();
  }

  #end() {
    cancelAnimationFrame(this.#frame);
    this.#since = 0;
    this.#progress.value = 0;
  }
}
