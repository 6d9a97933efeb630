"""`manage.py platform_seal request | install CHAIN.pem | show`: the key and the certificate of the platform's seal."""

import os
import sys
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commons.domain.refusals import Refusal
from commons.texts import refusal_text
from signatures.crypto.authorities import Purpose
from signatures.crypto.certificates import facts_of
from signatures.documents.services.sealing import platform_seal, seal_files
from signatures.pki import services as pki


class Command(BaseCommand):
    help = (
        "request NAME: make a key and print a certificate request for your authority; install CHAIN.pem: put the "
        "issued certificate with its chain in place, after checking it; show: what is installed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["request", "install", "show"])
        parser.add_argument("argument", nargs="?", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options["argument"])

    def _request(self, name: str) -> None:
        if not name:
            raise CommandError("name the organisation that the seal is of")
        key_file, _ = seal_files()
        if key_file.exists():
            raise CommandError(f"{key_file} exists; move it away first if the seal is to get a new key")
        key = ec.generate_private_key(ec.SECP256R1())
        key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        subject = x509.Name(
            [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name), x509.NameAttribute(NameOID.COMMON_NAME, name)]
        )
        made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
        self.stdout.write(made.public_bytes(Encoding.PEM).decode())

    def _install(self, name: str) -> None:
        key_file, chain_file = seal_files()
        try:
            content = Path(name).read_bytes()
            leaf, *others = x509.load_pem_x509_certificates(content)
            key = load_pem_private_key(key_file.read_bytes(), password=None)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from None
        if leaf.public_key() != key.public_key():
            raise CommandError(f"the first certificate is not for the key in {key_file}")
        ders = [one.public_bytes(Encoding.DER) for one in others]
        status = pki.status_of(
            certificate=leaf.public_bytes(Encoding.DER), intermediates=ders, purpose=Purpose.SEAL, at=timezone.now()
        )
        if (refusal := status.refusal) is not None:
            raise CommandError(refusal_text(refusal))
        chain_file.write_bytes(content)
        self._show("")

    def _show(self, unused: str) -> None:
        try:
            facts = facts_of(platform_seal().certificate)
        except Refusal as refusal:
            self.stderr.write(str(refusal_text(refusal)))
            sys.exit(1)
        self.stdout.write(f"{facts.subject}\n{facts.serial} until {facts.not_after:%Y-%m-%d}")
