// The draft of a bid in this browser's own storage (IndexedDB): fields and files. Nothing of it is sent.

const NAME = "luochui-bids";
const STORE = "drafts";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const request = work(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } finally {
    database.close();
  }
}

export const load = (key) => within("readonly", (store) => store.get(key));
export const keep = (key, draft) => within("readwrite", (store) => store.put(draft, key));
export const forget = (key) => within("readwrite", (store) => store.delete(key));
