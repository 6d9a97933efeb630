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
  #parts = new Map();
  #attestation = null;
  leaves = [];
  lastChecksum = null;

  constructor(sbe, envelope, files, report, attest) {
    Object.assign(this, { sbe, envelope, files, report, attest, size: envelope.size });
    this.segments = segmentsOf(envelope, files);
  }

  async slice(start) {
    const { prefix, chunk, chunks } = this.envelope;
    const sealed = chunk + this.sbe.TAG;
    if (start < prefix.length) return this.#piece(prefix, start);
    const index = Math.min(Math.floor((start - prefix.length) / sealed), chunks);
    if (index === chunks || start >= this.size - this.sbe.ATTESTATION - this.sbe.TAG) {
      this.#attestation ??= await this.#attested();
      return this.#piece(this.#attestation, start - (this.size - this.#attestation.length));
    }
    const bytes = await this.#sealed(index);
    for (const known of this.#parts.keys()) if (known < index) this.#parts.delete(known);
    if (index + 1 < chunks) this.#sealed(index + 1).catch(() => {});
    return this.#piece(bytes, start - prefix.length - index * sealed, this.leaves[index]);
  }

  close() {}

  async #piece(bytes, from, digest = null) {
    const value = from === 0 ? bytes : bytes.subarray(from);
    const known = from === 0 && digest;
    const name = known ? this.envelope.suite.digestName : "sha256";
    this.lastChecksum = `${name} ${this.sbe.toBase64(known || (await this.sbe.sha256(value)))}`;
    return { value, done: false };
  }

  /** A sealed chunk. A piece that is sent again is sealed again: the same key, place and bytes give the same piece. */
  #sealed(index) {
    if (!this.#parts.has(index)) this.#parts.set(index, this.#seal(index));
    return this.#parts.get(index);
  }

  async #seal(index) {
    const { chunk, paddedLength } = this.envelope;
    const plain = await this.#read(index * chunk, Math.min((index + 1) * chunk, paddedLength));
    const bytes = await this.envelope.seal(index, plain);
    this.leaves[index] = await this.envelope.leaf(bytes);
    this.report({ type: "sealed", bytes: Math.min((index + 1) * chunk, paddedLength) });
    return bytes;
  }

  async #attested() {
    for (let index = 0; index < this.envelope.chunks; index += 1) if (!this.leaves[index]) await this.#seal(index);
    const commit = await this.envelope.commit(this.leaves);
    return this.envelope.attest(commit, await this.attest(this.sbe.toHex(commit)));
  }

  /** The plaintext of that range: parts of files, then zeros. */
  async #read(start, end) {
    const inside = this.segments.find((one) => one.start <= start && end <= one.end);
    if (inside) return inside.read(start - inside.start, end - inside.start);
    const plain = new Uint8Array(end - start);
    for (const one of this.segments) {
      const [from, to] = [Math.max(start, one.start), Math.min(end, one.end)];
      if (from < to) plain.set(await one.read(from - one.start, to - one.start), from - start);
    }
    return plain;
  }
}

function segmentsOf(envelope, files) {
  const found = [{ start: 0, end: envelope.list.length, read: async (from, to) => envelope.list.subarray(from, to) }];
  for (const file of files) {
    const { end } = found.at(-1);
    // A file that changed since it was chosen cannot be read any more: a chunk is never sealed with two contents.
    const read = async (from, to) => new Uint8Array(await file.slice(from, to).arrayBuffer());
    found.push({ start: end, end: end + file.size, read });
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
    onProgress: (sent) => tell({ type: "sent", bytes: sent, total: source.size }),
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
    start(new Source(sbe, envelope, order.files, tell, attest), order);
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
