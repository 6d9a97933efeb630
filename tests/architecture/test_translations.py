"""Every text of the house has a Chinese translation that somebody wrote, and the compiled catalogues are fresh."""

import gettext
import subprocess
from pathlib import Path

import pytest

from portal import messages
from portal.environment import BASE_DIR


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as they are, with catalogues brought up to date in a place of their own."""
    folder = tmp_path_factory.mktemp("texts")
    messages.copy_sources(folder)
    messages.extract(folder)
    return folder


def test_no_text_is_without_translation(extracted: Path) -> None:
    gaps = {
        str(path.relative_to(extracted)): texts
        for path in messages.catalogues(extracted)
        if (texts := messages.missing(path))
    }

    assert gaps == {}, "run `make messages` and translate"


def test_a_new_text_would_be_noticed(extracted: Path, tmp_path: Path) -> None:
    messages.copy_sources(tmp_path, extracted)
    (tmp_path / "portal" / "new.py").write_text('from x import gettext as _\nTEXT = _("Nobody translated this yet.")\n')

    messages.extract(tmp_path)

    found = [text for path in messages.catalogues(tmp_path) for text in messages.missing(path)]
    assert "Nobody translated this yet." in found


@pytest.mark.parametrize("path", messages.catalogues(), ids=lambda path: str(path.relative_to(BASE_DIR).parts[:-3]))
def test_compiled_catalogues_are_fresh(path: Path, tmp_path: Path) -> None:
    subprocess.run(["msgfmt", "--check-format", "-o", tmp_path / "fresh.mo", path], check=True)

    with (tmp_path / "fresh.mo").open("rb") as fresh, path.with_suffix(".mo").open("rb") as committed:
        assert gettext.GNUTranslations(committed)._catalog == gettext.GNUTranslations(fresh)._catalog  # type: ignore[attr-defined]


def test_no_translation_is_the_english_text() -> None:
    """A copied message id is no translation; names and codes that stay the same are too short to matter here."""
    for path in messages.catalogues():
        with path.with_suffix(".mo").open("rb") as file:
            catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        same = [text for text, translated in catalogue.items() if text and text == translated and " " in str(text)]
        assert same == [], path


def test_one_english_text_has_one_chinese_text() -> None:
    """All catalogues are one at run time; where a word means two things, a context (`pgettext`) keeps them apart."""
    seen: dict[object, dict[str, list[str]]] = {}
    for path in messages.catalogues():
        with path.with_suffix(".mo").open("rb") as file:
            for text, translated in gettext.GNUTranslations(file)._catalog.items():  # type: ignore[attr-defined]
                if text:
                    home = str(path.relative_to(BASE_DIR).parents[3])
                    seen.setdefault(text, {}).setdefault(translated, []).append(home)

    assert {text: found for text, found in seen.items() if len(found) > 1} == {}
