"""Printed papers are read back by poppler, a program that shares nothing with the one that printed them."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import segno
from django.template import engines
from PIL import Image

from commons.pdf import fonts
from commons.pdf import services as pdf
from commons.pdf.services import ForeignAddress, MissingGlyphs

PAPER = """{% extends "pdf/base.html" %}
{% block title %}{{ title }}{% endblock %}{% block reference %}编号 {{ number }}{% endblock %}
{% block body %}<h1>{{ title }}</h1><table class="facts"><tr><th>受让方</th><td><b>{{ buyer }}</b></td></tr></table>
{{ extra }}{% endblock %}"""
QR_ALONE = "{% load pdf %}{% qr check_address %}"
FACTS = {
    "title": "排污权交易鉴证书",
    "number": "PQ-2026-0001",
    "buyer": "佛山金马印染有限公司（龑䶮𬭊㛃）",
    "check_address": "https://city.example/verify/certificate/PQ-2026-0001/",
}


@pytest.fixture
def printing(monkeypatch):
    """Prints a paper with the given facts."""

    def render(**changes):
        made = engines["django"].from_string(changes.pop("template", PAPER))
        monkeypatch.setattr(pdf, "render_to_string", lambda name, context: made.render(context))
        return pdf.render("paper", {**FACTS, **changes})

    return render


def read_back(content, *options):
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def test_chinese_is_printed_and_can_be_read_back(printing):
    text = read_back(printing(), "-layout")

    assert "排污权交易鉴证书" in text
    assert "佛山金马印染有限公司（龑䶮𬭊㛃）" in text
    assert "1/1" in text.replace(" ", "")
    assert "编号 PQ-2026-0001" in text


def test_only_the_vendored_font_is_used_and_it_is_embedded(printing):
    content = printing(template=PAPER.replace("<h1>", '<h1 style="font-family: Noto Serif CJK SC">'))
    lines = (
        subprocess.run(["pdffonts", "-"], input=content, capture_output=True, check=True).stdout.decode().splitlines()
    )

    assert lines[2:]
    for line in lines[2:]:
        assert "Luochui-Sans-SC" in line
        assert line.split()[-5] == "yes", "embedded"


def test_the_same_facts_give_the_same_bytes(printing):
    assert printing() == printing()
    assert printing() != printing(number="PQ-2026-0002")


def test_pages_are_numbered(printing):
    text = read_back(printing(extra="字 " * 6000))

    assert all(f"{page}/5" in text.replace(" ", "") for page in range(1, 6))


def test_characters_without_a_glyph_are_named_and_never_printed_as_boxes(printing):
    with pytest.raises(MissingGlyphs) as refused:
        printing(buyer="佛山😀公司ༀ")

    assert refused.value.characters == ["😀", "ༀ"]
    assert "U+1F600" in str(refused.value)


def test_escaped_text_is_checked_as_it_is_printed(printing):
    with pytest.raises(MissingGlyphs):
        printing(template="<p>&#128512;</p>")


def test_styles_and_attributes_are_not_printed_text():
    assert pdf.text_of('<style>a{content:"😀"}</style><p title="😀">甲&amp;乙</p>') == "甲&乙"


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://127.0.0.1/x.png", "https://example.com/x.png", "x.png"]
)
def test_nothing_is_fetched(printing, address):
    plain = printing(template=f'<img src="{address}">甲')

    assert "甲" in read_back(plain)
    assert b"root:" not in plain


def test_the_fetcher_hands_out_the_font_and_nothing_else():
    _, fetcher = pdf._machinery()

    assert fetcher.fetch(pdf.FONT_ADDRESS).read() == fonts.content()
    for address in ("file:///etc/passwd", "http://127.0.0.1/"):
        with pytest.raises(ForeignAddress):
            fetcher.fetch(address)


def test_every_ideograph_of_gb_2312_and_of_the_basic_block_has_a_glyph():
    wanted = [bytes([row, cell]).decode("gb2312", "ignore") for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF)]
    basic = "".join(map(chr, range(0x4E00, 0x9FF0)))

    assert fonts.missing("".join(wanted)) == []
    assert fonts.missing(basic) == []


def test_recorded_coverage_is_that_of_the_font():
    from fontTools.ttLib import TTFont

    characters = TTFont(Path(fonts.__file__).parent / fonts.record()["file"]).getBestCmap()
    printed = "".join(map(chr, characters))

    assert fonts.missing(printed) == []
    outside = [chr(code) for code in range(0x20, 0x32000) if code not in characters and not 0xD800 <= code < 0xE000]
    assert set(outside) - set(fonts.missing("".join(outside))) <= fonts.UNSEEN


def test_the_qr_code_is_printed_module_for_module(printing):
    content = printing(template=QR_ALONE)
    picture = subprocess.run(["pdftoppm", "-r", "300", "-gray", "-singlefile", "-"], input=content, capture_output=True)

    drawn = Image.open(io.BytesIO(picture.stdout)).convert("L").point([255] * 128 + [0] * 128)
    left, top, right, bottom = drawn.getbbox() or (0, 0, 0, 0)
    wanted = segno.make(FACTS["check_address"], error="m", micro=False).matrix
    across, down = (right - left) / len(wanted[0]), (bottom - top) / len(wanted)
    dots: Any = drawn.load()
    read = [
        [int(dots[int(left + (x + 0.5) * across), int(top + (y + 0.5) * down)] == 255) for x in range(len(row))]
        for y, row in enumerate(wanted)
    ]
    assert read == [list(row) for row in wanted]


def test_a_process_that_printed_leaves_nothing_behind(tmp_path: Path) -> None:
    """The unpacked font has 12 MB, and every process unpacks its own."""
    printing = (
        "import sys, django; django.setup(); from commons.pdf import services; services._print('<p>\u843d\u69cc</p>');"
        "sys.held_to_the_very_end = services._machinery"  # as addresses and views hold it in a server
    )

    ended = subprocess.run(
        [sys.executable, "-c", printing], env=os.environ | {"TMPDIR": str(tmp_path)}, capture_output=True, check=True
    )

    assert ended.stderr == b""
    assert list(tmp_path.iterdir()) == []
