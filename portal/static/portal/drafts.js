// What somebody typed is not lost when the form was not taken: the session had ended, the form was too old, the server was
// away. It is kept in this tab, for the same person only, until the form is taken, emptied, or the person signs out. Never
// kept: passwords, files, and whatever is marked autocomplete="off" (sealed prices, keys, numbers of identity cards).

const STORE = "luochui-drafts";
const UNTOUCHED = ["hidden", "password", "file", "submit", "button", "reset", "image"];
const reader = document.body.dataset.reader ?? "";

function load() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE)) ?? [];
  } catch {
    return [];
  }
}

function save(drafts) {
  try {
    if (drafts.length) sessionStorage.setItem(STORE, JSON.stringify(drafts));
    else sessionStorage.removeItem(STORE);
  } catch {
    // The store is full or forbidden; the form is sent all the same.
  }
}

const kept = (field) => field.name && !UNTOUCHED.includes(field.type) && !/\boff\b|password|one-time/.test(field.autocomplete);
const fieldsOf = (form) => [...form.elements].filter(kept);
// Attributes, not properties: a field of the form may be called "method" and would stand in the property's place.
const keeps = (form) => form.getAttribute("method") === "post" && form.getAttribute("autocomplete") !== "off" &&
  !form.querySelector("[type=password]");
// A form is known again by its page, its target and its fields, wherever it stands.
const nameOf = (form) => [location.pathname, form.getAttribute("action") ?? "", ...fieldsOf(form).map(({ name }) => name)].join(" ");

function valueOf(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked;
  return field.multiple && field.options ? [...field.selectedOptions].map(({ value }) => value) : field.value;
}

function put(field, value) {
  if (typeof value === "boolean") field.checked = value;
  else if (Array.isArray(value)) for (const option of field.options) option.selected = value.includes(option.value);
  else field.value = value;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
}

function discard(form) {
  save(load().filter((draft) => draft.form !== nameOf(form)));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.matches("[action$='/account/logout/']")) save([]);
  if (!keeps(form)) return;
  const values = fieldsOf(form).map(valueOf);
  discard(form);
  if (values.some((value) => value.length)) save([...load(), { form: nameOf(form), reader, values, refused: false }]);
});

function restore(form, draft) {
  fieldsOf(form).forEach((field, index) => put(field, draft.values[index]));
  const note = document.getElementById("draft-note").content.cloneNode(true).firstElementChild;
  note.querySelector("button").addEventListener("click", () => {
    discard(form);
    form.reset();
    note.remove();
  });
  document.getElementById("messages").append(note);
}

// A page that answers a form refused it (it says so itself) or took it. A form whose answer never came, and which the
// reader goes back to, was not taken either.
const refused = document.querySelector("[data-refused]") !== null;
const came = performance.getEntriesByType("navigation")[0]?.type;
const drafts = load()
  .filter((draft) => draft.reader === reader || !reader)
  .map((draft) => ({ ...draft, refused: draft.refused || refused || came !== "navigate" }))
  .filter((draft) => draft.refused);
save(drafts);
if (refused) document.querySelectorAll("[data-draft-kept]").forEach((words) => { words.hidden = drafts.length === 0; });
else {
  for (const form of [...document.forms].filter(keeps)) {
    const draft = drafts.find((one) => one.form === nameOf(form) && one.reader === reader);
    if (draft) restore(form, draft);
  }
}
