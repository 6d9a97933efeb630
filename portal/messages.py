"""Translations: collected from every package, merged, compiled; and what is still missing.

A text belongs to the nearest `locale/` folder above its file: the subject's, if it keeps one, else the package's.
"""

import os
import re
import shutil
import subprocess
from contextlib import chdir
from pathlib import Path

from django.core.management import call_command
from django.core.management.commands import makemessages

from portal.environment import BASE_DIR

PACKAGES = ("commons", "signatures", "exchange", "bidding", "evaluation", "marketplace", "portal")
LANGUAGE = "zh_Hans"
CATALOGUE = Path("locale") / LANGUAGE / "LC_MESSAGES" / "django.po"
_HEADER = r"""msgid ""
msgstr ""
"Project-Id-Version: Luochui\n"
"Language: zh_Hans\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"
"""


class Extract(makemessages.Command):
    """Django's makemessages without guesses: a text that changed is a new text, to be translated by somebody."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]
    requires_system_checks: list[str] = []


def catalogues(root: Path = BASE_DIR) -> list[Path]:
    """Every Chinese catalogue of the tree."""
    found = [path for package in PACKAGES for path in (root / package).rglob(str(CATALOGUE))]
    return sorted(found)


def extract(root: Path = BASE_DIR) -> None:
    """Bring every catalogue to what the sources say now; translations of texts that remain are kept."""
    for package in PACKAGES:
        (root / package / "locale").mkdir(exist_ok=True)
        with chdir(root / package):
            options = {"no_obsolete": True, "add_location": "never", "no_wrap": True, "verbosity": 0}
            call_command(Extract(), locale=[LANGUAGE], **options)
    for path in catalogues(root):
        _, _, entries = path.read_text(encoding="utf-8").partition("\n\n")
        # One header for all, without dates and placeholders: a run that finds nothing new changes nothing.
        path.write_text(f"{_HEADER}\n{entries}", encoding="utf-8")
    _drop_empty(root)


def compile_all(root: Path = BASE_DIR) -> None:
    """Write the `.mo` file beside every catalogue."""
    for path in catalogues(root):
        _gettext("msgfmt", "--check-format", "-o", str(path.with_suffix(".mo")), str(path))


def missing(path: Path) -> list[str]:
    """The texts of a catalogue that have no translation, or one that somebody guessed."""
    untranslated = _ids(path, "--untranslated", "--no-fuzzy")
    return untranslated + _ids(path, "--only-fuzzy")


def _ids(path: Path, *options: str) -> list[str]:
    selected = _gettext("msgattrib", *options, "--no-wrap", "--no-obsolete", str(path))
    texts = re.findall(r'^msgid ((?:".*"\n?)+)', selected, re.MULTILINE)
    return [text for found in texts if (text := "".join(re.findall(r'"(.*)"', found)))]


def _gettext(program: str, *arguments: str) -> str:
    """What a tool of GNU gettext prints; raises `CalledProcessError` with its complaint."""
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout  # noqa: S603  # fixed programs, our own files


def _drop_empty(root: Path) -> None:
    """A package without texts keeps no folder for them."""
    for package in PACKAGES:
        folder = root / package / "locale"
        if folder.is_dir() and not (folder / LANGUAGE / "LC_MESSAGES" / "django.po").is_file():
            shutil.rmtree(folder)


def copy_sources(target: Path, root: Path = BASE_DIR) -> None:
    """The files that texts come from, for a trial elsewhere."""
    for package in PACKAGES:
        for folder, _, names in os.walk(root / package):
            for name in names:
                if name.endswith((".py", ".html", ".txt", ".po")):
                    copied = target / Path(folder).relative_to(root) / name
                    copied.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(Path(folder) / name, copied)
