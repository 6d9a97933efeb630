// A key of script in this browser's keeping: sealed under an AES key that WebCrypto does not give away. What is stored
// (IndexedDB takes it as it is) opens in this browser alone; a copy of the disk's files without its profile does not.

const CIPHER = "AES-GCM";

/** `secret` as something to store: {lock, iv, sealed}. */
export async function sealed(secret) {
  const lock = await crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { lock, iv, sealed: new Uint8Array(await crypto.subtle.encrypt({ name: CIPHER, iv }, lock, secret)) };
}

/** What was stored; wipe it (`fill(0)`) after use. */
export async function opened({ lock, iv, sealed }) {
  return new Uint8Array(await crypto.subtle.decrypt({ name: CIPHER, iv }, lock, sealed));
}
