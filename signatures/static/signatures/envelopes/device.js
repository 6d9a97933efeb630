// Keys that this browser keeps (IndexedDB): those of the international suite WebCrypto never gives out; those of the
// national one lie sealed under an AES key that it never gives out.

import { toBase64 } from "../signing/bytes.js";
import { suiteOf } from "./suites.js";

const NAME = "luochui-sealing";
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("keys", { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function run(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("keys", mode, { durability: "strict" });
    const request = work(transaction.objectStore("keys"));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** The key that this browser keeps under that name, or null. */
export const kept = async (id) => (await run("readonly", (store) => store.get(id))) ?? null;

/** A new key of the suite under that name; an older one stays in the list of its past keys, for what it still opens. */
export async function make(id, alg) {
  const made = await (await suiteOf(alg)).makeKey();
  const spki = toBase64(made.spki);
  const before = await kept(id);
  const past = before ? [...(before.past ?? []), { privateKey: before.privateKey, spki: before.spki }] : [];
  const record = { id, privateKey: made.privateKey, spki, past, madeAt: new Date().toISOString() };
  await run("readwrite", (store) => store.put(record));
  navigator.storage?.persist?.();
  return record;
}

export const keptOrMade = async (id, alg) => (await kept(id)) ?? (await make(id, alg));

/**
 * Every private key that this browser ever kept for such a purpose, those under that very name first, the newest first:
 * a seat that was passed on has a new name, and is opened by the key that its holder made for another seat.
 */
export async function allOf(id) {
  const family = `${id.split(":")[0]}:`;
  const records = (await run("readonly", (store) => store.getAll())).filter((one) => one.id.startsWith(family));
  records.sort((one, other) => (other.id === id) - (one.id === id));
  return records.flatMap((one) => [one.privateKey, ...(one.past ?? []).map((past) => past.privateKey).reverse()]);
}
