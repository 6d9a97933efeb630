// The draft of a bid in this browser's own storage (IndexedDB): the fields, and each file for itself. Nothing of it is sent.

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

/** What `work` asks of the store, once the transaction is through: what was kept is then on the disk. */
async function within(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error);
    });
  } finally {
    database.close();
  }
}

export const loadValues = (draft) => within("readonly", (store) => store.get([draft, "values"]));
export const loadFiles = (draft) => within("readonly", (store) => store.getAll(IDBKeyRange.bound([draft, "file"], [draft, "file", []])));
export const keepValues = (draft, values) => within("readwrite", (store) => store.put(values, [draft, "values"]));
export const keepFile = (draft, part, file) => within("readwrite", (store) => store.put({ part, file }, [draft, "file", part]));
