"""The authority as an object: certificates and keys by name, answers of OCSP, CRL and TSA for any time, issue, revoke.

In memory for tests; in a folder for the demo city, so that certificates stay the same from one start to the next and a
command in another process can issue and revoke.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any

import certomancer.default_plugins  # noqa: F401  # registers the extensions that the file names
import yaml
from asn1crypto import ocsp, tsp, x509
from certomancer.registry import ArchLabel, CertLabel, PKIArchitecture, ServiceLabel
from certomancer.services import CertomancerServiceError
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, load_der_private_key, pkcs12

from portal.demo.authority.keys import Keys
from portal.demo.authority.national import BEGINS, ENDS, NationalAuthority
from portal.demo.authority.refusing import refuse_in_production
from portal.demo.authority.sm2_files import p12
from portal.demo.cast import ORGANISATIONS, PARTIES, uscc
from signatures.crypto import national
from signatures.crypto.authorities import Purpose, TrustedAuthority, TrustStore
from signatures.crypto.suites import Suite

DECLARED = Path(__file__).with_name("city.yaml")
ADDRESS_IN_CERTIFICATES = "http://pki.luochui.example"
"""What the certificates name. It leads nowhere: the platform asks only the addresses of its trust list."""


class UnknownHolder(LookupError):
    """The authority has no certificate of that name."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate with its key: everything DER, the key PKCS #8 without a password."""

    name: str
    certificate: bytes
    key: bytes
    chain: tuple[bytes, ...]
    """The intermediates, without leaf and root."""

    def p12(self, password: str) -> bytes:
        """The holder's file, in the form that browsers' cryptography opens: PBES2 with AES-256, MAC with SHA-256."""
        return pkcs12.serialize_key_and_certificates(
            name=self.name.encode(),
            key=load_der_private_key(self.key, password=None),  # type: ignore[arg-type]  # EC or RSA
            cert=pyca.load_der_x509_certificate(self.certificate),
            cas=[pyca.load_der_x509_certificate(one) for one in self.chain],
            encryption_algorithm=BestAvailableEncryption(password.encode()),
        )


class NationalHolder(Holder):
    """A holder of the national suite."""

    __slots__ = ()

    def p12(self, password: str) -> bytes:
        """The same, with a key that the usual library cannot write."""
        certificates = (self.certificate, *self.chain)
        return p12(key=self.key, certificates=certificates, name=self.name, password=password)


NATIONAL = "national"
"""The profile, the entry of the trust list and the folder of the authority of that suite."""
NATIONAL_ROOT = "national-root"


class CityAuthority:
    """The demo city's authorities. `folder` None: in memory, for one process."""

    def __init__(self, folder: Path | None = None) -> None:
        refuse_in_production()
        self.folder = folder
        self._declared: dict[str, Any] = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))
        cast = self._declared["cast"]
        self._keys = Keys(folder, rsa_labels=frozenset(cast["rsa"]), weak_labels=frozenset(cast["weak"]))
        self._national = NationalAuthority(folder / NATIONAL if folder else None) if national.available() else None
        self._certificates: dict[CertLabel, x509.Certificate] = {}
        self._memory: dict[str, Any] = {"issued": {}, "revoked": {}}
        self._guard = RLock()
        self._built: PKIArchitecture | None = None
        self._seen = 0
        self._lists: dict[tuple[str, datetime], bytes] = {}

    # -- holders ------------------------------------------------------------------------------------------------------

    def holder(self, name: str) -> Holder:
        """The certificate of that name with its key and chain; raises `UnknownHolder`."""
        with self._guard:
            if name in (ours := self._national_specs()):
                return self._national_holder(name, ours[name])
            specs = self._architecture()._cert_specs
            if CertLabel(name) not in specs:
                raise UnknownHolder(f"the authority has no certificate called {name}")
            spec = specs[CertLabel(name)]
            certificate = self.certificate(name)
            key = self._keys[spec.subject_key].private_key_info.dump()
            return Holder(name, certificate, key, tuple(self._intermediates(name)))

    def certificate(self, name: str) -> bytes:
        """A certificate by its name in the file, authorities included (DER); raises `UnknownHolder`."""
        with self._guard:
            if name == NATIONAL_ROOT and self._national is not None:
                return self._national.root.certificate
            if name in self._national_specs():
                return self.holder(name).certificate
            architecture, label = self._architecture(), CertLabel(name)
            if label not in architecture._cert_specs:
                raise UnknownHolder(f"the authority has no certificate called {name}")
            known = label in self._certificates
            certificate = bytes(architecture.get_cert(label).dump())
            if not known:
                self._keep(name, certificate)
            return certificate

    def names(self) -> list[str]:
        """Every certificate that the authority has or can make."""
        with self._guard:
            return [*(label.value for label in self._architecture()._cert_specs), *self._national_specs()]

    def _intermediates(self, name: str) -> Iterator[bytes]:
        for label in self._architecture().get_chain(CertLabel(name)):
            certificate = self.certificate(label.value)
            if x509.Certificate.load(certificate).self_issued:
                return
            yield certificate

    # -- issuing and revoking -----------------------------------------------------------------------------------------

    def issue(
        self,
        name: str,
        *,
        subject: dict[str, str],
        profile: str = "lingnan",
        valid_from: datetime | None = None,
        valid_to: datetime | None = None,
        key: str = "",
    ) -> Holder:
        """A certificate while the authority runs; the same name again gives the same certificate.

        `subject` in certomancer's words: `common-name`, `organization-name`, `organization-identifier`.
        """
        with self._guard:
            state = self._state()
            if name not in state["issued"] and name not in self.names():
                spec: dict[str, Any] = {"profile": profile, "subject": subject, "key": key or name}
                if valid_from and valid_to:
                    spec["validity"] = {"valid-from": valid_from.isoformat(), "valid-to": valid_to.isoformat()}
                state["issued"][name] = spec
                self._remember(state)
            return self.holder(name)

    def revoke(self, name: str, *, at: datetime, reason: str = "key_compromise") -> None:
        """Revoked from `at` on, by OCSP at once and in the next revocation list. Raises `UnknownHolder`."""
        with self._guard:
            if name not in self.names():
                raise UnknownHolder(f"the authority has no certificate called {name}")
            state = self._state()
            state["revoked"][name] = {"revoked-since": _whole(at).isoformat(), "reason": reason}
            self._remember(state)

    def restore(self, name: str) -> None:
        """Take a revocation back, as a test must that shares the authority with others."""
        with self._guard:
            state = self._state()
            state["revoked"].pop(name, None)
            self._remember(state)

    # -- services -----------------------------------------------------------------------------------------------------

    def ocsp(self, label: str, question: bytes, *, at: datetime) -> bytes:
        """The answer of an OCSP responder to a request (both DER)."""
        with self._guard:
            responder = self._architecture().service_registry.summon_responder(ServiceLabel(label), _whole(at))
            try:
                return bytes(responder.build_ocsp_response(ocsp.OCSPRequest.load(question)).dump())
            except (CertomancerServiceError, ValueError, TypeError):
                return bytes(responder.build_error_response("unauthorized").dump())

    def crl(self, label: str, *, at: datetime) -> bytes:
        """The revocation list of an authority that was current at `at` (DER)."""
        with self._guard:
            if label == NATIONAL_ROOT and self._national is not None:
                return self._national.crl(at=_whole(at), revoked=self._revoked_nationally())
            architecture = self._architecture()
            issuer = architecture.service_registry.get_crl_repo_info(ServiceLabel(label)).for_issuer
            hour = (label, _whole(at).replace(minute=0, second=0))
            if hour not in self._lists:
                for certified in architecture._cert_labels_by_issuer[issuer]:
                    self.certificate(certified.value)  # a list names the serials of those that were kept
                made = architecture.service_registry.get_crl(ServiceLabel(label), _whole(at))
                self._lists[hour] = bytes(made.dump())
            return self._lists[hour]

    def time_stamp(self, label: str, question: bytes, *, at: datetime) -> bytes:
        """The answer of a time-stamp authority to a request (both DER)."""
        with self._guard:
            self.certificate(label)
            stamper = self._architecture().service_registry.summon_timestamper(ServiceLabel(label), at)
            return bytes(stamper.request_tsa_response(tsp.TimeStampReq.load(question)).dump())

    # -- trust --------------------------------------------------------------------------------------------------------

    def trust_list(self, base_url: str) -> dict[str, Any]:
        """The authorities in the form of `manage.py trust_list`, answering at `base_url`."""
        return {
            "authorities": [
                {
                    "key": key,
                    "name": entry["name"],
                    "suite": entry.get("suite", Suite.INTERNATIONAL.value),
                    "root": _pem(self.certificate(entry["root"])),
                    "intermediates": [_pem(self.certificate(one)) for one in entry["intermediates"]],
                    "purposes": entry["purposes"],
                    "ocsp": [f"{base_url}/ocsp/{one}" for one in entry["ocsp"]],
                    "crl": [f"{base_url}/crl/{one}.crl" for one in entry["crl"]],
                }
                for key, entry in self._trust().items()
            ],
            "time_stamps": [f"{base_url}/tsa/tsa1", f"{base_url}/tsa/tsa2"],
        }

    def trust(self, *keys: str) -> TrustStore:
        """The trust store without a database: all declared authorities, or those that `keys` names."""
        return TrustStore(
            tuple(
                self.trusted(
                    key,
                    entry["root"],
                    *entry["intermediates"],
                    purposes=entry["purposes"],
                    suite=Suite(entry.get("suite", Suite.INTERNATIONAL)),
                )
                for key, entry in self._trust().items()
                if not keys or key in keys
            )
        )

    def _trust(self) -> dict[str, Any]:
        """The declared entries of the trust list whose suite is installed."""
        declared: dict[str, Any] = self._declared["trust"]
        return {key: entry for key, entry in declared.items() if key != NATIONAL or self._national is not None}

    def trusted(
        self,
        key: str,
        root: str,
        *intermediates: str,
        purposes: list[str] | None = None,
        suite: Suite = Suite.INTERNATIONAL,
    ) -> TrustedAuthority:
        """Any certificate of the file as a trusted root, so that a test can trust what nobody should."""
        usual = ["SIGN", "SEAL", "LOGIN", "ENCRYPT"]
        return TrustedAuthority(
            key=key,
            name=key,
            suite=suite,
            root=self.certificate(root),
            intermediates=tuple(self.certificate(one) for one in intermediates),
            purposes=frozenset(Purpose(one) for one in purposes or usual),
        )

    # -- the national suite -------------------------------------------------------------------------------------------

    def _national_specs(self) -> dict[str, dict[str, Any]]:
        """Who has a certificate of that suite: by declaration, and issued since; nobody where it is not installed."""
        if self._national is None:
            return {}
        cast = self._cast()
        declared = {f"{login}-sm": cast[login] for login in self._declared["cast"][NATIONAL]}
        issued = {name: spec for name, spec in self._state()["issued"].items() if spec["profile"] == NATIONAL}
        return declared | issued

    def national_names(self) -> list[str]:
        """The declared holders of that suite; none where it is not installed."""
        return [name for name in self._national_specs() if name.removesuffix("-sm") in self._declared["cast"][NATIONAL]]

    def _national_holder(self, name: str, spec: dict[str, Any]) -> Holder:
        assert self._national is not None, "there are specs only where there is an authority"
        validity = spec.get("validity", {})
        subject = {word.replace("-", "_"): value for word, value in spec["subject"].items()}
        made = self._national.holder(
            name,
            subject,
            begins=_instant(validity.get("valid-from"), BEGINS),
            ends=_instant(validity.get("valid-to"), ENDS),
        )
        return NationalHolder(name, made.certificate, made.key, ())

    def _revoked_nationally(self) -> dict[str, datetime]:
        ours = self._national_specs()
        revoked = self._state()["revoked"]
        return {name: datetime.fromisoformat(revoked[name]["revoked-since"]) for name in ours if name in revoked}

    # -- state --------------------------------------------------------------------------------------------------------

    def _state(self) -> dict[str, Any]:
        file = self._state_file()
        if file is not None and file.exists():
            stored: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return stored
        return deepcopy(self._memory)

    def _remember(self, state: dict[str, Any]) -> None:
        file = self._state_file()
        self._memory, self._built = state, None
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            fresh = file.with_suffix(".new")
            fresh.write_text(json.dumps(state, ensure_ascii=False, indent=1), encoding="utf-8")
            fresh.replace(file)

    def _state_file(self) -> Path | None:
        return self.folder / "issued.json" if self.folder else None

    def _keep(self, name: str, certificate: bytes) -> None:
        if self.folder is not None:
            file = self.folder / "certificates" / f"{name}.crt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(certificate)

    def _architecture(self) -> PKIArchitecture:
        """The declared architecture with the cast, what was issued since, and what was revoked."""
        file = self._state_file()
        seen = file.stat().st_mtime_ns if file is not None and file.exists() else 0
        if self._built is None or seen != self._seen:
            self._load_certificates()
            self._built, self._seen = self._build(), seen
            self._lists.clear()
        return self._built

    def _load_certificates(self) -> None:
        if self.folder is not None:
            for file in sorted((self.folder / "certificates").glob("*.crt")):
                self._certificates.setdefault(CertLabel(file.stem), x509.Certificate.load(file.read_bytes()))

    def _build(self) -> PKIArchitecture:
        described = deepcopy(self._declared["architecture"])
        state = self._state()
        issued = {name: spec for name, spec in state["issued"].items() if spec["profile"] != NATIONAL}
        for name, spec in {**self._cast(), **issued}.items():
            entity = f"holder-{name}"
            described["entities"][entity] = spec["subject"]
            profile = deepcopy(self._declared["profiles"][spec["profile"]])
            profile.update(subject=entity, **{"subject-key": spec["key"]})
            if "validity" in spec:
                profile["validity"] = spec["validity"]
            described["certs"][name] = profile
        for name, spec in described["certs"].items():
            spec["serial"] = int.from_bytes(sha256(name.encode()).digest()[:8]) >> 1
            if name in state["revoked"]:
                spec["revocation"] = state["revoked"][name]
        return PKIArchitecture.build_architecture(
            ArchLabel("city"),
            described,
            {"city": self._keys},  # type: ignore[arg-type]  # all that is asked of key sets
            external_url_prefix=ADDRESS_IN_CERTIFICATES,
            cert_cache=self._certificates,
        )

    def _cast(self) -> dict[str, dict[str, Any]]:
        """A certificate for every login and a seal for every organisation of the demo city."""
        second = set(self._declared["cast"]["zhujiang"])
        specs: dict[str, dict[str, Any]] = {}
        for login, party in PARTIES.items():
            profile = "zhujiang" if party.organisation in second else "lingnan"
            subject = organisation_subject(party.organisation) | {"common-name": party.name}
            specs[login] = {"profile": profile, "subject": subject, "key": login}
        for login in self._declared["cast"]["other-key"]:
            specs[f"{login}-other-key"] = {**specs[login], "key": f"{login}-other-key"}
        for key, body in ORGANISATIONS.items():
            profile = "zhujiang" if key in second else "lingnan"
            subject = organisation_subject(key) | {"common-name": body.name}
            specs[f"seal-{key}"] = {"profile": profile, "subject": subject, "key": f"seal-{key}"}
        return specs


def organisation_subject(key: str) -> dict[str, str]:
    """The part of a subject that names an organisation of the cast."""
    return {"organization-name": ORGANISATIONS[key].name, "organization-identifier": uscc(key)}


def load(folder: Path | None = None) -> CityAuthority:
    """The authority in a folder, or in memory."""
    return CityAuthority(folder)


def _instant(text: str | None, usual: datetime) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC) if text else usual


def _whole(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _pem(certificate: bytes) -> str:
    return pyca.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM).decode()
