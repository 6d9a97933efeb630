// What every page needs: menus close on Escape, errors get the focus, the server's clock keeps running, nothing typed is lost.
import "./drafts.js";

const closeMenus = (except) => document.querySelectorAll("details.menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.menu[open]");
  closeMenus(null);
  open?.querySelector("summary").focus();
});
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

// On a phone a table becomes a list of records: each cell is shown beside the heading of its column (tokens.css).
const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
const stackTables = () => document.querySelectorAll(".table-wrap > table:not(.stacks)").forEach((table) => {
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  if (heads.length < 3 || table.closest(".live-grid")) return;
  table.classList.add("stacks");
  // A changed display may cost a table its meaning; the roles keep it.
  for (const part of [table, ...table.querySelectorAll("thead, tbody, tr, td")]) part.setAttribute("role", ROLES[part.tagName]);
  table.querySelectorAll("thead th").forEach((head) => head.setAttribute("role", "columnheader"));
  table.querySelectorAll("tbody th").forEach((head) => head.setAttribute("role", "rowheader"));
  for (const row of table.querySelectorAll("tbody tr")) {
    if (row.cells.length === heads.length) [...row.cells].forEach((cell, index) => { cell.dataset.head = heads[index]; });
  }
});
document.addEventListener("htmx:afterSwap", stackTables);
stackTables();

const focusErrors = () => document.querySelector(".error-summary")?.focus();
document.addEventListener("htmx:afterSwap", focusErrors);
focusErrors();

// A refused form comes back with status 4xx and is shown all the same; htmx would drop it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400 && event.detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/html")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// The footer shows the time of the server, never of this computer: loaded instant plus the monotonic clock.
const clock = document.querySelector(".foot time");
if (clock) {
  const start = Date.parse(clock.dateTime) - performance.now();
  const pad = (number) => String(number).padStart(2, "0");
  const show = () => {
    const at = new Date(start + performance.now() + 8 * 3_600_000);
    clock.dateTime = new Date(start + performance.now()).toISOString();
    clock.textContent = `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())} ` +
      `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())} UTC+8`;
  };
  setInterval(show, 1000);
}

// A passkey that did not work says so on the page; allauth only writes to the console.
document.addEventListener("allauth.error", (event) => {
  const template = document.getElementById("passkey-failed");
  if (!template) return;
  event.preventDefault();
  document.getElementById("messages").replaceChildren(template.content.cloneNode(true));
});

// A form that was just sent is not sent again by a double click or an impatient Enter; a while later it may be.
const RESEND_MS = 4_000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post" || form.matches("[hx-post]")) return;
  if (performance.now() - (form.sentAt ?? -RESEND_MS) < RESEND_MS) event.preventDefault();
  else form.sentAt = performance.now();
});
window.addEventListener("pageshow", () => { for (const form of document.forms) delete form.sentAt; });
