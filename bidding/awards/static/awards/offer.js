// The offer of a round: price and words become one small file, which the sealing script of this page seals and sends.

import { capital, fixed, grouped, readTyped, toUnits } from "../exchange/rooms/money.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const data = read("offer-data");
const one = (id) => document.getElementById(id);
const form = one("offer-form");
const { price, words } = form.elements;

const typed = () => fixed(readTyped(price.value), 2);

/** What is wrong with the offer, in words; empty when it can be sealed. */
function fault() {
  const units = toUnits(typed(), 2);
  if (price.value.trim() && units === null) return data.texts.unreadable;
  if (data.final && !units) return data.texts.missing;
  if (units !== null && data.ceiling && units > toUnits(data.ceiling, 2)) return data.texts.ceiling;
  return !units && !words.value.trim() ? data.texts.empty : "";
}

function show() {
  const said = typed();
  one("offer-read").textContent = said ? `¥ ${grouped(said)} ${capital(said)}` : "";
}

function tell(said) {
  one("offer-trouble").textContent = said;
  one("offer-trouble").hidden = said === "";
  price.toggleAttribute("aria-invalid", said !== "");
}

form.addEventListener("input", () => {
  show();
  if (!one("offer-trouble").hidden) tell(fault());
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  tell(fault());
  if (!one("offer-trouble").hidden) return price.focus();
  const offer = { format: "luochui-offer/v1", price: typed() ?? "", words: words.value.trim() };
  const bag = new DataTransfer();
  bag.items.add(new File([JSON.stringify(offer)], "offer.json", { type: "application/json", lastModified: 0 }));
  one("seal-files").files = bag.files;
  return one("seal-form").requestSubmit();
});

show();
