#!/usr/bin/env python3
"""Bundle pkijs for the browser: `vendor_pkijs.py`, run once per version; needs Node and npm, which nothing else needs.

pkijs 4 imports its companions by bare names, which a browser without a build resolves only through an import map, and
an import map counts as an inline script under the site's policy. So the parts that signing needs are bundled once into
one module and recorded with every package's version, licence and integrity in vendor.json.
The same versions give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "portal" / "static" / "vendor"
PACKAGES = {"pkijs": "4.0.0", "asn1js": "4.0.0", "esbuild": "0.28.2"}
COMPANIONS = ("pkijs", "asn1js", "bytestreamjs", "@peculiar/utils", "@noble/hashes")
"""What ends up in the bundle."""

ENTRY = """\
export * as asn1js from "asn1js";
export {
  AlgorithmIdentifier, Attribute, CertBag, Certificate, ContentInfo, CryptoEngine, EncapsulatedContentInfo,
  IssuerAndSerialNumber, PFX, PKCS8ShroudedKeyBag, PrivateKeyInfo, SafeContents, SignedAndUnsignedAttributes,
  SignedData, SignerInfo, setEngine,
} from "pkijs";
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": PACKAGES}))
        (folder / "entry.js").write_text(ENTRY)
        run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", folder=folder)
        target = FOLDER / "pkijs"
        target.mkdir(exist_ok=True)
        banner = "/* " + ", ".join(f"{package} {version(folder, package)}" for package in COMPANIONS) + " */"
        run(
            "node_modules/.bin/esbuild",
            "entry.js",
            "--bundle",
            "--format=esm",
            "--minify",
            "--target=es2022",
            "--legal-comments=none",
            "--log-level=warning",
            f"--banner:js={banner}",
            f"--outfile={target / 'pkijs.js'}",
            folder=folder,
        )
        licences = [f"{package} {version(folder, package)}\n\n{licence(folder, package)}" for package in COMPANIONS]
        (target / "LICENSE").write_text(("\n" + "=" * 80 + "\n\n").join(licences))
        register(folder)
    return 0


def register(folder: Path) -> None:
    """Replace the entry of pkijs in the register of vendored files."""
    path = FOLDER / "vendor.json"
    entries = [entry for entry in json.loads(path.read_text()) if entry["name"] != "pkijs"]
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]
    parts = {
        package: {
            "version": version(folder, package),
            "licence": description(folder, package)["license"],
            "integrity": locked[f"node_modules/{package}"]["integrity"],
        }
        for package in COMPANIONS
    }
    entries.append(
        {
            "name": "pkijs",
            "version": PACKAGES["pkijs"],
            "licence": "BSD-3-Clause, companions BSD-3-Clause and MIT",
            "home": "https://github.com/PeculiarVentures/PKI.js",
            "from": f"npm packages bundled by scripts/vendor_pkijs.py with esbuild@{PACKAGES['esbuild']}",
            "parts": parts,
            "sha256": {f"pkijs/{name}": sha256(FOLDER / "pkijs" / name) for name in ("pkijs.js", "LICENSE")},
        }
    )
    path.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n")


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
    raise SystemExit(main())
