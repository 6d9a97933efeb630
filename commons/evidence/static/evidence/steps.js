// A list of checked steps on a page: each says what was compared, and whether it agrees. The words stand in the page's templates.

const TONES = { ok: "done", bad: "stop", unknown: "waiting" };

export class Steps {
  constructor(list, words) {
    this.list = list;
    this.words = words;
    this.bad = 0;
    this.open = 0;
  }

  /** `outcome`: true, false, or null where this browser cannot tell. `lines` are shown as code below the step. */
  add(name, outcome, ...lines) {
    const kind = outcome === null ? "unknown" : outcome ? "ok" : "bad";
    if (kind === "bad") this.bad += 1;
    if (kind === "unknown") this.open += 1;
    const item = document.createElement("li");
    item.dataset.outcome = kind;
    const head = document.createElement("p");
    head.className = "row-wrap mb-0";
    const title = document.createElement("strong");
    title.textContent = this.words(name);
    head.append(title, this.tag(kind));
    item.append(head);
    for (const line of lines) {
      const shown = document.createElement("code");
      shown.className = "hash d-block";
      shown.textContent = line;
      item.append(shown);
    }
    this.list.append(item);
  }

  tag(kind) {
    const shown = document.createElement("span");
    shown.className = `tag ${TONES[kind]}`;
    shown.textContent = this.words(kind);
    return shown;
  }
}

/** The words of a page: `<template id="words">` holds one element with `data-word` for each. */
export const wordsOf = (template) => {
  const words = new Map([...template.content.querySelectorAll("[data-word]")].map((one) => [one.dataset.word, one.textContent]));
  return (name) => words.get(name) ?? name;
};
