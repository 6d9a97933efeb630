// The room key: a fresh key of the room's suite that stays in this browser and signs every bid (docs/protocol.md, "The
// room key").

import { suiteNamed } from "../../signatures/crypto/suites.js";
import * as store from "./store.js";

export const toBase64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

async function keyIdOf(spki) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", spki));
  return Array.from(digest.slice(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What the session vouches for on entry, in canonical form. */
export const entryStatement = (room, alias, key) => JSON.stringify({ alias, ctx: "luochui/room-key/v1", key, room });

/** What the key signs for a bid, in canonical form: the spelling of the frame, keys in this order, no blanks. */
export const canonicalBid = (bid, room) =>
  JSON.stringify({
    bid_id: bid.bid_id,
    confirm: bid.confirm,
    ctx: "luochui/bid/v1",
    key: bid.key,
    price: bid.price,
    quantity: bid.quantity ?? "",
    room,
  });

/** What the key signs to take an order back, in canonical form. */
export const canonicalWithdrawal = (withdrawal, room) =>
  JSON.stringify({ bid_id: withdrawal.bid_id, ctx: "luochui/withdrawal/v1", key: withdrawal.key, order: withdrawal.order, room });

export class RoomKey {
  #signer;

  constructor({ keyId, kept, spki }, signer) {
    this.id = keyId;
    this.kept = kept;
    this.spki = spki;
    this.#signer = signer;
  }

  /** The key of that suite that this browser holds for `owner` (room and alias), made on first use. */
  static async of(owner, suite) {
    const record = await store.get("keys", owner);
    return record?.suite === suite ? RoomKey.#from(record) : RoomKey.make(owner, suite);
  }

  /** A new key in place of the one kept for `owner`. */
  static async make(owner, suite) {
    const { spki, kept } = await (await suiteNamed(suite)).makeKey();
    const record = { id: owner, suite, keyId: await keyIdOf(spki), kept, spki, madeAt: new Date().toISOString() };
    await store.put("keys", record);
    return RoomKey.#from(record);
  }

  static async #from(record) {
    return new RoomKey(record, await (await suiteNamed(record.suite)).signer(record.kept));
  }

  /** The signature over `statement`, raw r‖s in base64. */
  async sign(statement) {
    return toBase64(await this.#signer(new TextEncoder().encode(statement)));
  }
}

export const NEEDS_CERTIFICATE = "ROOM_ENTRY_NEEDS_CERTIFICATE";
const KEPT = new Set([401, 403, NEEDS_CERTIFICATE]);

/** Enter the room with this browser's key; a key that is refused for itself is replaced by a new one once. */
export async function enter({ url, csrfToken, room, alias, owner, suite }) {
  let key = await RoomKey.of(owner, suite);
  try {
    await present(key, { url, csrfToken, room, alias });
  } catch (error) {
    if (!error.status || error.status >= 500 || KEPT.has(error.status) || KEPT.has(error.problem.code)) throw error;
    key = await RoomKey.make(owner, suite);
    await present(key, { url, csrfToken, room, alias });
  }
  return key;
}

/** Where the holder of a certificate signs the entry statement of this browser's key. */
export async function signEntry({ url, csrfToken, room, alias, owner, suite }) {
  return (await present(await RoomKey.of(owner, suite), { url, csrfToken, room, alias })).url;
}

/** The platform's answer to key and entry statement; throws with its problem details. */
async function present(key, { url, csrfToken, room, alias }) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken, Accept: "application/json" },
    credentials: "same-origin",
    body: JSON.stringify({ key: toBase64(key.spki), statement: entryStatement(room, alias, key.id) }),
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok && answer.code !== NEEDS_CERTIFICATE) return answer;
  throw Object.assign(new Error(answer.detail ?? response.statusText), { status: response.status, problem: answer });
}
