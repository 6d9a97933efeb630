// The sealing worker: reads the files piece by piece, encrypts, and uploads by tus what it just encrypted. A classic
// worker, so that the vendored packages run as they are; nothing of a file is kept longer than its chunk.
/* global tus */

const folder = self.location.href.slice(0, self.location.href.lastIndexOf("/signatures/envelopes/"));
const vendor = `${folder}/vendor`;
importScripts(`${vendor}/tus-js-client/tus.min.js`);
// The package's own functions become globals of this worker: `split` is one of their names.
const shamirSplit = shamir();
const RETRY_MS = [0, 500, 1000, 2000, 4000, 8000];
const LATER_MS = 5000;
const PROGRESS_MS = 250;
/** Bytes of plaintext that one request carries, where chunks are smaller. */
const PIECE = 4 * 1024 * 1024;

/** `split` of shamir-secret-sharing, a CommonJS package. */
function shamir() {
  const load = (name) => {
    self.exports = {};
    importScripts(`${vendor}/shamir-secret-sharing/${name}`);
    const loaded = self.exports;
    delete self.exports;
    return loaded;
  };
  const csprng = load("csprng.js");
  self.require = () => csprng;
  const { split: found } = load("index.js");
  delete self.require;
  return found;
}

/** The envelope's bytes by their place, made when they are asked for: what tus-js-client calls a source. */
class Source {
  /** Two pieces, the one that is sent and the next, each with memory of its own that is used again. */
  #places = [{}, {}];
  #working = Promise.resolve();
  #plain = new ArrayBuffer(0);
  #attestation = null;
  leaves = [];
  lastChecksum = null;

  constructor(sbe, envelope, files, attest) {
    Object.assign(this, { sbe, envelope, files, attest, size: envelope.size });
    this.segments = segmentsOf(envelope, files);
    this.sealedChunk = envelope.chunk + sbe.TAG;
    this.chunksOfPiece = Math.max(1, Math.floor(PIECE / envelope.chunk));
  }

  async slice(start) {
    const { prefix } = this.envelope;
    if (start < prefix.length) return this.#given(prefix, start);
    const attestationStart = this.size - this.sbe.ATTESTATION - this.sbe.TAG;
    if (start >= attestationStart) {
      this.#attestation ??= await this.#attested();
      return this.#given(this.#attestation, start - attestationStart);
    }
    const length = this.chunksOfPiece * this.sealedChunk;
    const number = Math.floor((start - prefix.length) / length);
    const { bytes, checksum } = await this.#piece(number);
    if ((number + 1) * this.chunksOfPiece < this.envelope.chunks) this.#piece(number + 1).catch(() => {});
    return this.#given(bytes, start - prefix.length - number * length, checksum);
  }

  close() {}

  async #given(bytes, from, checksum = null) {
    const value = from === 0 ? bytes : bytes.subarray(from);
    this.lastChecksum = from === 0 && checksum ? checksum : `sha256 ${this.sbe.toBase64(await this.sbe.sha256(value))}`;
    return { value, done: false };
  }

  /** Some sealed chunks. What is sent again is sealed again: the same key, places and content give the same bytes. */
  #piece(number) {
    const place = this.#places[number % 2];
    if (place.number !== number) {
      place.number = number;
      place.made = this.#working.then(() => this.#seal(number, place));
      this.#working = place.made.catch(() => (place.number = null));
    }
    return place.made;
  }

  async #seal(number, place) {
    const { chunk, chunks, paddedLength } = this.envelope;
    const [first, end] = [number * this.chunksOfPiece, Math.min((number + 1) * this.chunksOfPiece, chunks)];
    place.memory ??= new Uint8Array(Math.min(this.chunksOfPiece, chunks) * this.sealedChunk);
    const leaves = [];
    let length = 0;
    const read = (index) => this.#read(index * chunk, Math.min((index + 1) * chunk, paddedLength));
    let reading = read(first);
    for (let index = first; index < end; index += 1) {
      // What is sealed is copied before the call returns: the next is read while the cipher works.
      const sealing = this.envelope.seal(index, await reading);
      if (index + 1 < end) reading = read(index + 1);
      reading.catch(() => {});
      const sealed = await sealing;
      place.memory.set(sealed, length);
      length += sealed.length;
      leaves.push(this.envelope.leaf(sealed));
    }
    const found = await Promise.all(leaves);
    found.forEach((leaf, place) => (this.leaves[first + place] = leaf));
    const checksum = await this.envelope.suite.digest(this.sbe.joined(...found));
    return { bytes: place.memory.subarray(0, length), checksum: `sbe1-leaves ${this.sbe.toBase64(checksum)}` };
  }

  async #attested() {
    await this.#working;
    for (let index = 0; index < this.envelope.chunks; index += this.chunksOfPiece) {
      if (!this.leaves[index]) await this.#piece(index / this.chunksOfPiece);
    }
    // A stream does not say that its file was written to meanwhile; who opens the file again is told.
    for (const file of this.files) await file.slice(0, 1).arrayBuffer();
    const commit = await this.envelope.commit(this.leaves);
    return this.envelope.attest(commit, await this.attest(this.sbe.toHex(commit)));
  }

  /** The plaintext of that range, good until the next is read: parts of files, then zeros. */
  async #read(start, end) {
    const held = this.#plain.byteLength ? this.#plain : new ArrayBuffer(this.envelope.chunk);
    let plain = new Uint8Array(held, 0, end - start);
    let filled = 0;
    for (const one of this.segments) {
      const [from, to] = [Math.max(start, one.start), Math.min(end, one.end)];
      if (from >= to) continue;
      plain = await one.content.fill(plain, from - start, to - start, from - one.start);
      filled = to - start;
    }
    this.#plain = plain.buffer;
    return plain.fill(0, filled);
  }
}

/** The list of files, as a part of the plaintext. */
class List {
  constructor(bytes) {
    this.bytes = bytes;
  }

  async fill(plain, place, end, from) {
    plain.set(this.bytes.subarray(from, from + end - place), place);
    return plain;
  }
}

/**
 * A file, read from its beginning to its end into memory that is lent. Reading by slices takes fresh memory for each,
 * and costs twice as much. A file that changed since it was chosen cannot be opened any more, and what is read twice
 * is opened twice: a chunk is never sealed with two contents.
 */
class Content {
  #reader = null;
  #at = 0;

  constructor(file) {
    this.file = file;
  }

  /** Fill `plain` from `place` to `end` with the bytes that begin at `from`; returns it, for its buffer may have moved. */
  async fill(plain, place, end, from) {
    if (!this.#reader || this.#at !== from) await this.#open(from);
    if (!this.#reader) {
      plain.set(new Uint8Array(await this.file.slice(from, from + end - place).arrayBuffer()), place);
      return plain;
    }
    const length = plain.length;
    while (place < end) {
      const { value, done } = await this.#reader.read(plain.subarray(place, end));
      if (done) throw new DOMException("the file is shorter than it was", "NotReadableError");
      plain = new Uint8Array(value.buffer, 0, length);
      place += value.length;
      this.#at += value.length;
    }
    return plain;
  }

  async #open(from) {
    await this.#reader?.cancel();
    try {
      this.#reader = this.file.slice(from).stream().getReader({ mode: "byob" });
      this.#at = from;
    } catch (error) {
      // A browser without streams of bytes.
      if (!(error instanceof TypeError)) throw error;
      this.#reader = null;
    }
  }
}

function segmentsOf(envelope, files) {
  const found = [{ start: 0, end: envelope.list.length, content: new List(envelope.list) }];
  for (const file of files) {
    const { end } = found.at(-1);
    found.push({ start: end, end: end + file.size, content: new Content(file) });
  }
  return found;
}

/** A finished envelope, sealed elsewhere. */
class Ready {
  lastChecksum = null;

  constructor(sbe, file) {
    Object.assign(this, { sbe, file, size: file.size });
  }

  async slice(start) {
    const value = new Uint8Array(await this.file.slice(start, start + 4 * 1024 * 1024).arrayBuffer());
    this.lastChecksum = `sha256 ${this.sbe.toBase64(await this.sbe.sha256(value))}`;
    return { value, done: false };
  }

  close() {}
}

let upload = null;
let paused = false;
let later = null;
let answerAttestation = null;

const tell = (message) => self.postMessage(message);

function start(source, { endpoint, token, language }) {
  let receipt = "";
  let told = -PROGRESS_MS;
  upload = new tus.Upload(source, {
    endpoint,
    chunkSize: 8 * 1024 * 1024,
    uploadSize: source.size,
    fileReader: { openFile: async () => source },
    storeFingerprintForResuming: false,
    removeFingerprintOnSuccess: true,
    retryDelays: RETRY_MS,
    headers: { "Upload-Token": token, "Accept-Language": language },
    onBeforeRequest: (request) => {
      if (request.getMethod() === "PATCH") request.setHeader("Upload-Checksum", source.lastChecksum);
    },
    onAfterResponse: (request, response) => {
      receipt = response.getHeader("Upload-Receipt") || receipt;
    },
    onProgress: (sent) => {
      // The browser counts twenty times a second; so often a page need not be drawn while both cores seal and send.
      if (sent < source.size && performance.now() < told + PROGRESS_MS) return;
      told = performance.now();
      tell({ type: "sent", bytes: sent, total: source.size });
    },
    onChunkComplete: (length, accepted) => tell({ type: "accepted", bytes: accepted, total: source.size }),
    onSuccess: () => tell({ type: "done", receipt }),
    onError: failed,
  });
  upload.start();
}

/** The platform's refusals end the upload; a broken line is waited for. */
function failed(error) {
  const response = error.originalResponse;
  const status = response ? response.getStatus() : 0;
  if (status === 0 || status >= 500 || status === 423 || status === 460) {
    if (error.name === "NotReadableError" || error.causingError?.name === "NotReadableError") {
      tell({ type: "failed", reason: "file-changed" });
      return;
    }
    tell({ type: "waiting" });
    later = setTimeout(() => !paused && upload.start(), LATER_MS);
    return;
  }
  let problem = {};
  try {
    problem = JSON.parse(response.getBody());
  } catch {
    problem = {};
  }
  tell({ type: "failed", reason: "refused", status, detail: problem.detail ?? "" });
}

self.addEventListener("online", () => {
  if (!paused && later !== null) {
    clearTimeout(later);
    later = null;
    upload?.start();
  }
});

const COMMANDS = {
  async seal(order) {
    const sbe = await import("./sbe.js");
    const bidderKeys = order.bidderKeys.map(sbe.fromBase64);
    const files = order.files.map((file) => ({ name: file.name.toWellFormed?.() ?? file.name, size: file.size }));
    const envelope = await sbe.Envelope.make({ terms: order.terms, bidder: order.bidder, bidderKeys, files, split: shamirSplit });
    const attest = (commit) =>
      new Promise((resolve) => {
        answerAttestation = resolve;
        tell({ type: "commit", commit });
      });
    start(new Source(sbe, envelope, order.files, attest), order);
  },
  async send(order) {
    start(new Ready(await import("./sbe.js"), order.file), order);
  },
  attestation: ({ attestation }) => answerAttestation?.(attestation),
  async pause() {
    paused = true;
    clearTimeout(later);
    await upload?.abort();
    tell({ type: "paused" });
  },
  resume() {
    paused = false;
    upload?.start();
  },
};

self.onmessage = ({ data }) => {
  Promise.resolve(COMMANDS[data.type](data)).catch((error) => {
    const reason = error.name === "NotReadableError" ? "file-changed" : "broken";
    tell({ type: "failed", reason, detail: String(error) });
  });
};
