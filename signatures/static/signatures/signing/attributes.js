// Signed attributes (RFC 5652, 5.3): nobody signs blind. What the server prepared is read and compared here, before
// any key touches it.

import { equal } from "./bytes.js";
import { TAG, octets, oid, oidText, sequence, setOf, whole, write } from "./der.js";

const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
const SHA256 = "2.16.840.1.101.3.4.2.1";
const DATA = "1.2.840.113549.1.7.1";

export class Blind extends Error {
  /** The attributes are not those of the content that is shown, or not for the chosen certificate. */
  name = "Blind";
}

/** Throws `Blind` unless `attributes` (DER of the SET) bind exactly this content (bytes) and this certificate. */
export async function check(attributes, { content, certificate }) {
  const { suite } = certificate;
  const found = new Map();
  const set = readSet(attributes);
  for (const attribute of set.children) {
    const [type, values] = attribute.children;
    const name = oidText(type);
    if (found.has(name) || values.children.length !== 1) throw new Blind("an attribute stands twice");
    found.set(name, values.children[0]);
  }
  const messageDigest = found.get(MESSAGE_DIGEST);
  if (!messageDigest || messageDigest.tag !== TAG.OCTETS || !equal(messageDigest.content, await suite.digest(content))) {
    throw new Blind("the digest is that of something else");
  }
  const contentType = found.get(CONTENT_TYPE);
  if (!contentType || oidText(contentType) !== DATA) throw new Blind("the content type is not data");
  const bound = found.get(SIGNING_CERTIFICATE_V2);
  if (!bound || !equal(certificateHash(bound, suite), await suite.digest(certificate.der))) {
    throw new Blind("the certificate is another one");
  }
}

function readSet(attributes) {
  try {
    const set = whole(attributes);
    if (set.tag !== TAG.SET) throw new RangeError("no SET");
    return set;
  } catch {
    throw new Blind("the attributes cannot be read");
  }
}

/** The hash in SigningCertificateV2 (RFC 5035): SHA-256 is the default and is then left out. */
function certificateHash(value, suite) {
  const essCertificate = value.children[0].children[0].children;
  const named = essCertificate[0].tag === TAG.SEQUENCE;
  const name = named ? oidText(essCertificate[0].children[0]) : SHA256;
  if (name !== suite.digestName) throw new Blind("the certificate's hash is of another suite");
  return essCertificate[named ? 1 : 0].content;
}

/** The attributes of a signature over that content, made in this browser. */
export async function make({ content, certificate }) {
  const { suite } = certificate;
  const attribute = (type, value) => sequence(oid(type), setOf(value));
  const name = suite.digestName === SHA256 ? [] : [sequence(oid(suite.digestName))];
  const hash = await suite.digest(certificate.der);
  return setOf(
    attribute(CONTENT_TYPE, oid(DATA)),
    attribute(MESSAGE_DIGEST, octets(await suite.digest(content))),
    attribute(SIGNING_CERTIFICATE_V2, sequence(sequence(sequence(...name, octets(hash))))),
  );
}

/** A detached CMS (SignedData, RFC 5652) of one signer over content that travels beside it. */
export function detached({ attributes, certificate, signature }) {
  const digestAlgorithm = sequence(oid(certificate.suite.digestName));
  const one = Uint8Array.of(1);
  const signer = sequence(
    write(TAG.INTEGER, one),
    sequence(certificate.issuer, certificate.serial),
    digestAlgorithm,
    write(0xa0, whole(attributes).content),
    certificate.suite.signatureAlgorithm(certificate),
    octets(signature),
  );
  const signedData = sequence(
    write(TAG.INTEGER, one),
    setOf(digestAlgorithm),
    sequence(oid(DATA)),
    write(0xa0, certificate.der, ...certificate.chain),
    setOf(signer),
  );
  return sequence(oid("1.2.840.113549.1.7.2"), write(0xa0, signedData));
}
