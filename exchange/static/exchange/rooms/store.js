// What this browser keeps about its rooms: keys that cannot leave it, and bids whose verdict it still waits for.

const NAME = "luochui-rooms";
const VERSION = 1;
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys", { keyPath: "id" });
      request.result.createObjectStore("bids", { keyPath: "id" }).createIndex("owner", "owner");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function run(storeName, mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(storeName, mode, { durability: "strict" });
    const request = work(transaction.objectStore(storeName));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const get = (storeName, id) => run(storeName, "readonly", (store) => store.get(id));
export const put = (storeName, record) => run(storeName, "readwrite", (store) => store.put(record));
export const remove = (storeName, id) => run(storeName, "readwrite", (store) => store.delete(id));
export const bidsOf = (owner) => run("bids", "readonly", (store) => store.index("owner").getAll(owner));
