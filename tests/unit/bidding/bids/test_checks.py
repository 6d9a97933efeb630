"""The machine checks over vectors; tests/browser/test_bids.py runs the bidder's own checks over the same ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from bidding.bids.domain import requirements
from bidding.bids.domain.checks import TEXTS, Check, FileFacts, Given, blocks, check
from bidding.bids.domain.naming import recognisable
from bidding.bids.domain.package import parse
from commons.domain.refusals import Malformed

VECTORS = json.loads(Path(__file__).with_name("check_vectors.json").read_text(encoding="utf-8"))


def facts(row: dict[str, Any]) -> FileFacts:
    return FileFacts(row["sha256"], row["size"], row["is_pdf"], tuple(row["metadata"]), tuple(row["marks"]))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_findings_are_those_of_the_vectors(vector: dict[str, Any]) -> None:
    files = {name: facts(row) for name, row in vector["files"].items()}
    given = Given(parse(vector["bid"]), files, tuple(vector["names"]))

    found = check(given, requirements.parse(vector["asked"]))

    assert [one.as_json() for one in found] == vector["findings"]
    assert blocks(found) is any(one["level"] == "ERROR" for one in vector["findings"])


def test_every_check_has_a_vector_and_a_text() -> None:
    assert {one["check"] for vector in VECTORS for one in vector["findings"]} == set(Check) == set(TEXTS)


def test_requirements_are_read_back_as_they_are_published() -> None:
    for vector in VECTORS:
        assert requirements.parse(vector["asked"]).as_json() == vector["asked"]


@pytest.mark.parametrize(
    "change",
    [
        {"format": "x"},
        {"bill": [{"code": "A", "quantity": "1", "unit_price": "-1", "total": "1"}]},
        {"bill": "none"},
        {"bidder": {}},
        {"licences": [{"title": "x", "valid_until": "soon"}]},
        {"volumes": [{"part": "A", "name": "a", "sha256": "b", "size": "many"}]},
    ],
)
def test_what_is_no_bid_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        parse(VECTORS[0]["bid"] | change)


def test_a_company_is_known_by_name_code_and_short_name() -> None:
    assert recognisable("佛山金马印染有限公司", "914") == ("佛山金马印染有限公司", "914", "佛山金马印染")
    assert recognisable("金马公司", "914") == ("金马公司", "914")
