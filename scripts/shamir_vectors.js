// Cross-vectors of the vendored shamir-secret-sharing and signatures/envelopes/domain/shamir.py, for the unit tests:
//   node scripts/shamir_vectors.js "$(.venv/bin/python scripts/shamir_shares.py)" > tests/unit/signatures/envelopes/shamir_vectors.json
const fs = require("node:fs");
const path = require("node:path");
const vendor = path.join(__dirname, "..", "portal", "static", "vendor", "shamir-secret-sharing");

function load(name, require) {
  const module = { exports: {} };
  new Function("exports", "require", "module", fs.readFileSync(path.join(vendor, name), "utf8"))(module.exports, require, module);
  return module.exports;
}

const csprng = load("csprng.js", () => ({}));
const { split, combine } = load("index.js", () => csprng);
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bytes = (text) => new Uint8Array(Buffer.from(text, "hex"));

(async () => {
  const made = [];
  for (const [n, k, length] of [[2, 2, 32], [3, 2, 32], [5, 3, 64], [15, 8, 64]]) {
    const secret = crypto.getRandomValues(new Uint8Array(length));
    const shares = await split(secret, n, k);
    const kept = n > 5 ? shares.slice(0, k + 1) : shares;
    made.push({ n: String(n), k: String(k), secret: hex(secret), shares: kept.map(hex) });
  }
  const combined = [];
  for (const vector of JSON.parse(process.argv[2])) {
    const shares = vector.shares.slice(-Number(vector.k)).map(bytes);
    combined.push({ ...vector, combined: hex(await combine(shares)) });
  }
  console.log(JSON.stringify({ split_by_npm: made, combined_by_npm: combined }, null, 1));
})();
