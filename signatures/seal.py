"""Sealing without a browser: `python -m signatures.seal`, for those who trust no page. No Django, no database.

    seal    makes the same envelope SBE-1 that the sealing page makes, out of the terms that the page lets you download
    check   says what an envelope commits to
    unlock  gives the code with which a bidder unlocks the own half at the opening; the private key stays here

Exit code 0 (done), 1 (the envelope or key does not fit), 2 (bad input). What is wrong is told in both languages.
"""

import argparse
import hashlib
import json
import secrets
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import pem
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.offline import NOT_THERE, UNUSABLE, Parser, say
from signatures.crypto import chains, cms, national
from signatures.crypto.answers import CertificateUnreadable
from signatures.crypto.certificates import holder_key
from signatures.crypto.sm2 import Sm2PrivateKey
from signatures.crypto.suites import Suite, provider_for
from signatures.envelopes.domain import layout, sealing
from signatures.envelopes.domain.encoding import to_base64
from signatures.envelopes.domain.header import EnvelopeBroken
from signatures.envelopes.domain.payload import Attestation, PayloadBroken, SealedFile
from signatures.envelopes.domain.sealing import Signer, Terms
from signatures.envelopes.domain.slots import KeyNotUsable, PrivateKey, WrongKey, algorithm_of, spki_of, unwrap_kek

_PIECE = 1024 * 1024
SUITES = {"international": Suite.INTERNATIONAL, "national": Suite.SM}


class BadInput(Exception):
    """A file or argument is not what it should be; the sentence, a message id with its fields, says why."""

    def __init__(self, message: str, *, because: Refusal | None = None, **fields: object) -> None:
        self.message, self.fields, self.because = message, fields, because
        super().__init__(message % fields)


OUT_THERE = gettext_noop("%(file)s exists already; choose another name for --out.")
NO_JSON = gettext_noop("%(file)s holds no JSON. Take the terms from the sealing page.")
OTHER_SUITE = {
    "international": gettext_noop("%(file)s asks for the international algorithms, not for the national ones."),
    "national": gettext_noop("%(file)s asks for the national algorithms, not for the international ones."),
}
NO_PUBLIC_KEY = gettext_noop("%(file)s holds neither a certificate nor a public key in PEM.")
KEY_UNFIT = gettext_noop("This key cannot be used: %(reason)s.")
NO_USUAL_KEY = gettext_noop("%(file)s holds neither an EC nor an RSA key.")
NO_PRIVATE_KEY = gettext_noop("%(file)s holds no private key in PEM that this password opens.")
NO_CERTIFICATE = gettext_noop("%(file)s holds no certificate in PEM.")
NOT_ITS_KEY = gettext_noop("%(key)s is not the private key of %(certificate)s: the signature would not hold.")
CHANGED = gettext_noop("A file changed while it was read; nothing was sealed.")
NOT_BLIND = gettext_noop("%(file)s cannot be made a blind volume.")
WRONG_KEY = gettext_noop("This key opens nothing in this envelope.")


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code."""
    options = _parser().parse_args(arguments)
    national.install()
    try:
        result = options.run(options)
    except BadInput as error:
        say(error.message, error.fields)
        if error.because is not None:
            say(error.because.message, error.because.fields)
        return 2
    except FileNotFoundError as error:
        say(NOT_THERE, {"file": error.filename})
        return 2
    except FileExistsError as error:
        say(OUT_THERE, {"file": error.filename})
        return 2
    except OSError as error:
        say(UNUSABLE, {"file": error.filename, "reason": error.strerror})
        return 2
    except KeyNotUsable as error:
        say(KEY_UNFIT, {"reason": str(error)})
        return 2
    except EnvelopeBroken as error:
        say(error.message, error.fields)
        return 1
    except WrongKey:
        say(WRONG_KEY, {})
        return 1
    sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) + "\n")
    return 0


def _blinded(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Copies of the PDFs in `folder`, under the same names, without what tells their author."""
    from signatures.documents.pades.blinding import blind_check

    made = [folder / str(place) / path.name for place, path in enumerate(paths)]  # two may have one name
    for path, target in zip(paths, made, strict=True):
        target.parent.mkdir()
        try:
            with path.open("rb") as file:
                target.write_bytes(blind_check(file).content)
        except Refusal as refusal:
            raise BadInput(NOT_BLIND, because=refusal, file=path.name) from None
    return made


def seal(options: argparse.Namespace) -> dict[str, str]:
    """Seal files into an envelope; what it commits to."""
    with tempfile.TemporaryDirectory() as folder:
        return _sealed(options, _blinded(options.files, Path(folder)) if options.blind else options.files)


def _sealed(options: argparse.Namespace, paths: Sequence[Path]) -> dict[str, str]:
    terms = _terms(options.terms)
    if options.suite is not None and SUITES[options.suite] is not terms.suite:
        asked = next(name for name, suite in SUITES.items() if suite is terms.suite)
        raise BadInput(OTHER_SUITE[asked], file=options.terms)
    keys = [_public_key(path) for path in options.key]
    files = [SealedFile(path.name, path.stat().st_size) for path in paths]
    signer = _signer(options.sign_key, options.sign_cert, options.password)
    drafted = sealing.draft(
        terms,
        bidder=options.bidder,
        bidder_keys=keys,
        files=files,
        created=to_text(datetime.now(UTC)),
        entropy=secrets.token_bytes,
    )
    reckoner = layout.Reckoner()
    try:
        with options.out.open("xb") as target:
            for piece in sealing.seal(drafted, map(_pieces, paths), sign=signer):
                reckoner.feed(piece)
                target.write(piece)
    except PayloadBroken:
        options.out.unlink()
        raise BadInput(CHANGED) from None
    return _told(reckoner.finish(), options.out)


def check(options: argparse.Namespace) -> dict[str, str]:
    """What an envelope says and commits to."""
    return _told(layout.reckon(_pieces(options.envelope)), options.envelope)


def unlock(options: argparse.Namespace) -> dict[str, str]:
    """The unlocking code for the bidder's own half, by the private key."""
    private = _private_key(options.key, options.password)
    with options.envelope.open("rb") as file:
        prefix = layout.open_prefix(file)
    for slot in prefix.manifest.bidder:
        try:
            kek = unwrap_kek(slot, private)
            slot.open(kek, ctx=prefix.header.ctx())
        except WrongKey:
            continue
        return {"unlock_code": to_base64(kek)}
    raise WrongKey("bidder")


def _told(reckoned: layout.Reckoned, envelope: Path) -> dict[str, str]:
    header = reckoned.prefix.header
    with envelope.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "commit": reckoned.commit,
        "tender": header.tender,
        "lot": header.lot,
        "created": header.created,
        "alg": header.sealing.algorithm,
        "size": str(reckoned.size),
        "sha256": sha256,
    }


def _terms(path: Path) -> Terms:
    try:
        return Terms.parse(json.loads(path.read_bytes()))
    except ValueError:
        raise BadInput(NO_JSON, file=path) from None


def _public_key(path: Path) -> bytes:
    try:
        kind, _, found = pem.unarmor(path.read_bytes())
        spki = holder_key(found) if kind == "CERTIFICATE" else found
    except (ValueError, CertificateUnreadable):
        raise BadInput(NO_PUBLIC_KEY, file=path) from None
    algorithm_of(spki)
    return spki


def _private_key(path: Path, password: str | None) -> PrivateKey:
    data, secret = path.read_bytes(), password.encode() if password else None
    try:
        key = serialization.load_pem_private_key(data, secret)
    except Exception:  # besides `ValueError` the library has its own kinds for curves that it does not know
        return _national_key(path, data, secret)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise BadInput(NO_USUAL_KEY, file=path)
    return key


def _national_key(path: Path, data: bytes, password: bytes | None) -> PrivateKey:
    if not national.available():
        raise BadInput(NO_PRIVATE_KEY, file=path)
    try:
        return Sm2PrivateKey.load(data, password)
    except ValueError:
        raise BadInput(NO_PRIVATE_KEY, file=path) from None


def _signer(key_file: Path | None, certificate_file: Path | None, password: str | None) -> Signer | None:
    """Signs the commitment (32 bytes) as detached CMS, in the suite of the certificate; none when no key is given."""
    if key_file is None or certificate_file is None:
        return None
    private = _private_key(key_file, password)
    key = _pkcs8(private)
    chain = [der for kind, _, der in pem.unarmor(certificate_file.read_bytes(), multiple=True) if kind == "CERTIFICATE"]
    holder = chains.parse(chain[0]) if chain else None
    if holder is None:
        raise BadInput(NO_CERTIFICATE, file=certificate_file)
    if not isinstance(private, Sm2PrivateKey) and spki_of(private) != holder_key(chain[0]):
        raise BadInput(NOT_ITS_KEY, key=key_file, certificate=certificate_file)
    provider = provider_for(holder.public_key)

    def sign(commit: str) -> Attestation:
        digest = cms.digest_of(bytes.fromhex(commit), chain[0])
        attributes = cms.signed_attributes(digest=digest, certificate=chain[0], at=datetime.now(UTC))
        signature = provider.sign(key, attributes)
        signed = cms.assemble(attributes=attributes, signature=signature, certificate=chain[0], chain=chain[1:])
        return Attestation(tuple(chain), signed)

    return sign


def _pkcs8(key: PrivateKey) -> bytes:
    if isinstance(key, Sm2PrivateKey):
        return key.pkcs8()
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.DER, form, plain)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m signatures.seal", description="Seal a bid without a browser.")
    commands = parser.add_subparsers(required=True)
    sealer = commands.add_parser("seal", help="seal files into an envelope")
    sealer.add_argument("--terms", type=Path, required=True, help="the terms, downloaded from the sealing page")
    sealer.add_argument("--bidder", required=True, help="unified social credit code of the bidder")
    sealer.add_argument(
        "--key", type=Path, action="append", required=True, help="certificate or public key that will unlock (PEM)"
    )
    sealer.add_argument("--suite", choices=SUITES, help="refuse unless the terms ask for this suite of algorithms")
    sealer.add_argument("--sign-key", type=Path, help="private key that signs the commitment (PEM)")
    sealer.add_argument("--sign-cert", type=Path, help="its certificate, with the chain (PEM)")
    sealer.add_argument("--password", help="of the private key")
    sealer.add_argument("--out", type=Path, required=True, help="the envelope to write; must not exist")
    sealer.add_argument(
        "--blind", action="store_true", help="take off the PDFs what tells their author, or refuse them"
    )
    sealer.add_argument("files", type=Path, nargs="+")
    sealer.set_defaults(run=seal)
    checker = commands.add_parser("check", help="say what an envelope commits to")
    checker.add_argument("envelope", type=Path)
    checker.set_defaults(run=check)
    unlocker = commands.add_parser("unlock", help="give the code that unlocks the bidder's half")
    unlocker.add_argument("envelope", type=Path)
    unlocker.add_argument("--key", type=Path, required=True, help="the private key (PEM)")
    unlocker.add_argument("--password", help="of the private key")
    unlocker.set_defaults(run=unlock)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
