"""The offline composer, as a large bidder runs it: checks, cleaning, sealing; nothing of Django is loaded."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from bidding import compose
from bidding.bids import pdf_facts
from signatures.envelopes.domain import layout, sealing
from signatures.envelopes.domain.encoding import to_base64
from tests.envelopes import Parties, terms_of

ASKED: dict[str, Any] = {
    "format": "luochui-bid-rules/v1", "tender": "T1", "section": "1", "price_kind": "AMOUNT", "ceiling": "1000.00",
    "bond": None, "deadline": "2026-09-21", "bill": [{"code": "A", "name": "土方", "unit": "m3", "quantity": "10"}],
    "parts": [{"code": "LETTER", "label": "Letter", "label_zh": "函", "required": True, "blind": False},
              {"code": "PLAN", "label": "Plan", "label_zh": "施组", "required": True, "blind": True}],
    "consortium": False, "brands": False, "sme_reserved": False, "needs_licence": False,
    "alternatives": [], "grades": [],
}  # fmt: skip


def write_pdf(path: Path, author: str = "") -> None:
    with pikepdf.new() as document:
        document.add_blank_page()
        if author:
            document.docinfo["/Author"] = author
        document.save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    bid = {
        "tender": "T1",
        "section": "1",
        "bidder": {"uscc": "91440600MA4UPC1234", "name": "佛山金马印染有限公司"},
        "price": {"figures": "500.00", "words": "伍佰元整"},
        "bill": [{"code": "A", "quantity": "10", "unit_price": "50"}],
        "files": {"LETTER": "letter.pdf", "PLAN": "plan.pdf"},
    }
    made = tmp_path / "bid"
    made.mkdir()
    (made / "bid.json").write_text(json.dumps(bid), encoding="utf-8")
    (tmp_path / "rules.json").write_text(json.dumps(ASKED), encoding="utf-8")
    write_pdf(made / "letter.pdf")
    write_pdf(made / "plan.pdf", author="梁一")
    return made


def run(*arguments: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    code = compose.main([str(one) for one in arguments])
    told = capsys.readouterr()
    return code, json.loads(told.out) if told.out else told.err


def test_a_blind_volume_is_found_cleaned_and_sealed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    above = folder.parent
    rules = ("--rules", above / "rules.json", "--folder", folder)
    code, told = run("check", *rules, capsys=capsys)
    assert (code, [one["check"] for one in told["findings"]]) == (1, ["BLIND_METADATA"])

    assert run("clean", folder / "plan.pdf", "--out", above / "clean.pdf", capsys=capsys)[0] == 0
    (above / "clean.pdf").replace(folder / "plan.pdf")
    assert run("check", *rules, capsys=capsys) == (0, {"complete": True, "findings": []})

    parties = Parties.make()
    officers = [{"spki": to_base64(spki)} for spki in terms_of(parties).officers]
    terms = sealing.published(terms_of(parties), officers)
    (above / "terms.json").write_text(json.dumps(terms), encoding="utf-8")
    key = above / "key.pem"
    key.write_bytes(public_pem(parties))
    out = above / "bid.sbe"
    order = ("seal", *rules, "--terms", above / "terms.json", "--key", key, "--out", out)
    assert compose.main([str(one) for one in order]) == 0
    assert layout.reckon([out.read_bytes()]).prefix.header.tender == "T1"
    assert not (above / "bid.json").exists(), "the whole bid lies nowhere but in the envelope"


def public_pem(parties: Parties) -> bytes:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    assert isinstance(parties.bidder, ec.EllipticCurvePrivateKey)
    return parties.bidder.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"bidder": {}, "bill": [{"code": "A"}]}'])
def test_bad_input_is_answered_with_a_sentence(folder: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bid.json").write_text(content, encoding="utf-8")

    code, told = run("check", "--rules", folder.parent / "rules.json", "--folder", folder, capsys=capsys)

    assert code == 2
    assert told.strip()


def test_findings_and_faults_are_told_in_both_languages(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    above = folder.parent
    rules = ("--rules", above / "rules.json", "--folder", folder)
    (found,) = run("check", *rules, capsys=capsys)[1]["findings"]
    assert found["sentence"].startswith("The blind volume plan.pdf")
    assert found["sentence_zh"].startswith("暗标 plan.pdf")

    (folder / "letter.pdf").rename(above / "letter.pdf")
    assert run("check", *rules, capsys=capsys) == (
        2, f"{folder / 'letter.pdf'} is not there.\n找不到文件：{folder / 'letter.pdf'}。\n"
    )  # fmt: skip
    (above / "text.txt").write_text("no pdf", encoding="utf-8")
    code, told = run("clean", above / "text.txt", "--out", above / "clean.pdf", capsys=capsys)
    assert (code, "不是可读取的 PDF 文件" in told) == (2, True)
    write_pdf(folder / "letter.pdf")
    (folder / "plan.pdf").write_bytes((folder / "plan.pdf").read_bytes()[:300])
    code, told = run("check", *rules, capsys=capsys)
    assert (code, [one["check"] for one in told["findings"]]) == (1, ["FILE_NOT_PDF"]), "a volume that broke off"


def test_nothing_is_sealed_for_another_section_or_with_another_key(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    above, parties = folder.parent, Parties.make()
    write_pdf(folder / "plan.pdf")
    terms = sealing.published(terms_of(parties), [{"spki": to_base64(spki)} for spki in terms_of(parties).officers])
    (above / "terms.json").write_text(json.dumps(terms), encoding="utf-8")
    (above / "other.json").write_text(json.dumps({**terms, "lot": "2"}), encoding="utf-8")
    (above / "key.pem").write_bytes(public_pem(parties))
    rules = ("--rules", above / "rules.json", "--folder", folder, "--out", above / "bid.sbe")

    def sealed(terms: str, key: str) -> str:
        order = ("seal", *rules, "--terms", above / terms, "--key", above / key)
        assert compose.main([str(one) for one in order]) == 2
        return capsys.readouterr().err

    assert "T1/2" in sealed("other.json", "key.pem")
    assert "terms.json from the bid's page" in sealed("rules.json", "key.pem")
    assert "gone.pem" in sealed("terms.json", "gone.pem")
    assert "neither a certificate nor a public key" in sealed("terms.json", "rules.json")
    assert not (above / "bid.sbe").exists()
    (above / "rules.json").write_text(json.dumps({**ASKED, "deadline": "2020-01-31"}), encoding="utf-8")
    assert "投标截止日期 2020-01-31 已过" in sealed("terms.json", "gone.pem")


def test_it_runs_without_django() -> None:
    script = "import sys, bidding.compose; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_name_on_a_page_is_found_with_blanks_between(tmp_path: Path) -> None:
    from tests.unit.bidding.bids.pages import with_text

    path = tmp_path / "named.pdf"
    path.write_bytes(with_text("JIN  MA COMPANY"))
    with path.open("rb") as file:
        assert pdf_facts.look(file, {"names": ["JINMACOMPANY"]})["marks"] == [1]
    with path.open("rb") as file:
        assert pdf_facts.look(file, {"names": ["OTHER"]})["marks"] == []
