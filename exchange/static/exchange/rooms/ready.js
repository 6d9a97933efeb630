// Before the room: can this browser sign, keep and send a bid, and how far is the server?

import { LiveRoom, Status } from "./live.js";
import { one, tag } from "./dom.js";
import { NEEDS_CERTIFICATE, canonicalBid, enter, signEntry } from "./roomkey.js";
import * as store from "./store.js";
import { pageData, text } from "./text.js";

const data = pageData("room-data");
const csrf = one("[name=csrfmiddlewaretoken]").value;
const results = new Map();

function report(name, tone, words, note = null) {
  const row = one(`[data-check="${name}"]`);
  one("[data-state]", row).replaceChildren(tag(tone, words));
  if (note) one("[data-note]", row).textContent = note;
  results.set(name, tone === "done");
  if (results.size === 4) one("#result").textContent = text([...results.values()].every(Boolean) ? "ready-all" : "ready-not-all");
}

async function checkStorage() {
  try {
    const id = "readiness";
    await store.put("bids", { id, owner: "readiness", kept: true });
    const found = await store.get("bids", id);
    await store.remove("bids", id);
    report("storage", found?.kept ? "done" : "stop", text(found?.kept ? "ready-works" : "ready-fails"));
  } catch {
    report("storage", "stop", text("ready-fails"), text("ready-storage-help"));
  }
}

const entry = (url) => ({
  url, csrfToken: csrf, room: data.room, alias: data.me.alias, owner: `${data.room}/${data.me.alias}/${data.me.person}`, suite: data.suite,
});

async function checkKey() {
  try {
    const key = await enter(entry(data.urls.enter));
    const began = performance.now();
    await key.sign(canonicalBid({ bid_id: "readiness", confirm: "NONE", key: key.id, price: "1.00", quantity: "" }, data.room));
    report("key", "done", text("ready-works"), text("ready-key", { key: key.id.slice(0, 8), ms: Math.max(1, Math.round(performance.now() - began)) }));
  } catch (error) {
    const certificate = error.problem?.code === NEEDS_CERTIFICATE;
    one("[data-sign]").hidden = !certificate;
    report("key", certificate ? "waiting" : "stop", text(certificate ? "ready-sign" : "ready-fails"), error.problem?.detail ?? text("key-problem"));
  }
}

function checkConnection() {
  const socketUrl = new URL(data.urls.socket, location.href);
  socketUrl.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const live = new LiveRoom({ socketUrl, ticketUrl: data.urls.ticket, csrfToken: csrf });
  live.addEventListener("clock", () => {
    const roundTrip = Math.round(live.clock.roundTrip);
    const level = roundTrip < 150 ? 3 : roundTrip < 600 ? 2 : 1;
    report("connection", level === 1 ? "waiting" : "done", text(`quality-${level}`), `${text("clock-precision", { uncertainty: Math.max(1, Math.ceil(live.clock.uncertainty)) })} ${text("clock-path", { rtt: roundTrip })}`);
    const offset = live.clock.offset;
    const right = Math.abs(offset) < 1500;
    report("clock", "done", text("ready-works"), right ? text("clock-right") : text(offset > 0 ? "clock-slow" : "clock-fast", { seconds: (Math.abs(offset) / 1000).toFixed(1) }));
  });
  live.addEventListener("status", ({ detail }) => {
    if (detail.status === Status.RECONNECTING || detail.status === Status.SIGNED_OUT || detail.status === Status.GONE) {
      report("connection", "stop", text(`connection-${detail.status}`));
      report("clock", "waiting", text("connection-CONNECTING"));
    }
  });
  live.start();
}

one("[data-sign] button").addEventListener("click", async () => {
  try {
    location.assign(await signEntry(entry(data.urls.sign_entry)));
  } catch (error) {
    report("key", "stop", text("ready-fails"), error.problem?.detail ?? text("key-problem"));
  }
});
checkStorage();
checkKey();
checkConnection();
