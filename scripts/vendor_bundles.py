#!/usr/bin/env python3
"""Bundle npm packages for the browser: `vendor_bundles.py [name …]`, run once per version.

Needs Node and npm, which nothing else needs.

Some packages import their companions by bare names, which a browser without a build resolves only through an import
map, and an import map counts as an inline script under the site's policy. So the parts that are needed are bundled
once into one module and recorded with every package's version, licence and integrity in vendor.json.
The same versions give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "portal" / "static" / "vendor"
ESBUILD = "0.28.2"


@dataclass(frozen=True)
class Bundle:
    """One module made of a package and its companions."""

    name: str
    home: str
    licence: str
    packages: dict[str, str]
    """What is installed: package and version."""
    parts: tuple[str, ...]
    """What ends up in the bundle."""
    entry: str


BUNDLES = (
    Bundle(
        name="pkijs",
        home="https://github.com/PeculiarVentures/PKI.js",
        licence="BSD-3-Clause, companions BSD-3-Clause and MIT",
        packages={"pkijs": "4.0.0", "asn1js": "4.0.0"},
        parts=("pkijs", "asn1js", "bytestreamjs", "@peculiar/utils", "@noble/hashes"),
        entry="""\
export * as asn1js from "asn1js";
export {
  AlgorithmIdentifier, Attribute, CertBag, Certificate, ContentInfo, CryptoEngine, ECNamedCurves,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber, PFX, PKCS8ShroudedKeyBag, PrivateKeyInfo, SafeContents, SignedAndUnsignedAttributes,
  SignedData, SignerInfo, setEngine,
} from "pkijs";
""",
    ),
    Bundle(
        name="sm-crypto-v2",
        home="https://github.com/Cubelrti/sm-crypto-v2",
        licence="MIT, companions MIT",
        packages={
            "sm-crypto-v2": "1.15.1",
            "@noble/ciphers": "1.3.0",
            "@noble/curves": "1.9.7",
            "@noble/hashes": "1.8.0",
        },
        parts=("sm-crypto-v2", "@noble/ciphers", "@noble/curves", "@noble/hashes"),
        entry='export { hkdf, sm2, sm3, sm4 } from "sm-crypto-v2";\n',
    ),
)


def main(names: list[str]) -> int:
    for bundle in BUNDLES:
        if not names or bundle.name in names:
            make(bundle)
    return 0


def make(bundle: Bundle) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        packages = {**bundle.packages, "esbuild": ESBUILD}
        (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": packages}))
        (folder / "entry.js").write_text(bundle.entry)
        run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", folder=folder)
        target = FOLDER / bundle.name
        target.mkdir(exist_ok=True)
        banner = "/* " + ", ".join(f"{package} {version(folder, package)}" for package in bundle.parts) + " */"
        run(
            "node_modules/.bin/esbuild",
            "entry.js",
            "--bundle",
            "--format=esm",
            "--minify",
            "--target=es2022",
            "--platform=browser",
            "--external:crypto",
            "--legal-comments=none",
            "--log-level=warning",
            f"--banner:js={banner}",
            f"--outfile={target / f'{bundle.name}.js'}",
            folder=folder,
        )
        licences = [f"{package} {version(folder, package)}\n\n{licence(folder, package)}" for package in bundle.parts]
        (target / "LICENSE").write_text(("\n" + "=" * 80 + "\n\n").join(licences))
        register(bundle, folder)


def register(bundle: Bundle, folder: Path) -> None:
    """Replace the bundle's entry in the register of vendored files."""
    path = FOLDER / "vendor.json"
    entries = [entry for entry in json.loads(path.read_text()) if entry["name"] != bundle.name]
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]
    parts = {
        package: {
            "version": version(folder, package),
            "licence": description(folder, package)["license"],
            "integrity": locked[f"node_modules/{package}"]["integrity"],
        }
        for package in bundle.parts
    }
    files = (f"{bundle.name}.js", "LICENSE")
    entries.append(
        {
            "name": bundle.name,
            "version": version(folder, bundle.name),
            "licence": bundle.licence,
            "home": bundle.home,
            "from": f"npm packages bundled by scripts/vendor_bundles.py with esbuild@{ESBUILD}",
            "parts": parts,
            "sha256": {f"{bundle.name}/{name}": sha256(FOLDER / bundle.name / name) for name in files},
        }
    )
    path.write_text(json.dumps(sorted(entries, key=lambda one: one["name"]), indent=2, ensure_ascii=False) + "\n")


def run(*command: str, folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def description(folder: Path, package: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "node_modules" / package / "package.json").read_text())
    return found


def version(folder: Path, package: str) -> str:
    return description(folder, package)["version"]


def licence(folder: Path, package: str) -> str:
    files = sorted((folder / "node_modules" / package).glob("LICEN[CS]E*"))
    return files[0].read_text() if files else description(folder, package)["license"]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
