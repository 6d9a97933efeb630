"""Procedure profiles: what the files hold, what a revision may be."""

from datetime import date
from typing import Any

import pytest

from bidding.profiles.domain.profile import ProcedureProfile, as_content, parse
from bidding.profiles.domain.refusals import (
    ProfileBackDated,
    ProfileContradiction,
    ProfileMalformed,
    ProfileWeakened,
)
from bidding.profiles.domain.revising import require_day, require_revision
from bidding.profiles.domain.vocabulary import FORMULAS, LimitName, Sector, Switch, ThresholdName
from bidding.profiles.seeds import seed_profiles
from bidding.scoring.domain.model import Formula
from commons.parameters.domain.legality import Method


def test_every_formula_on_offer_is_one_that_the_scoring_knows() -> None:
    assert set(FORMULAS) - {"none"} == set(Formula)


def seeded(code: str) -> ProcedureProfile:
    return next(profile for profile in seed_profiles() if profile.code == code)


def changed(profile: str, /, **parts: Any) -> ProcedureProfile:
    content = as_content(seeded(profile))
    for name, value in parts.items():
        content[name] = {**content[name], **value} if isinstance(value, dict) else value
    return parse(content)


def test_every_sector_has_its_procedures() -> None:
    assert {profile.sector for profile in seed_profiles()} == set(Sector)
    assert {profile.method for profile in seed_profiles()} >= {
        Method.OPEN_TENDER,
        Method.INVITED_TENDER,
        Method.COMPETITIVE_NEGOTIATION,
        Method.COMPETITIVE_CONSULTATION,
        Method.PRICE_INQUIRY,
        Method.SINGLE_SOURCE,
        Method.REVERSE_AUCTION,
    }
    asked = {method for profile in seed_profiles() for method in profile.lawful_methods()}
    assert asked >= {Method.FRAMEWORK, Method.TWO_STAGE_TENDER, Method.LIMITED_PREQUALIFICATION}


def test_a_profile_survives_being_stored() -> None:
    for profile in seed_profiles():
        assert parse(as_content(profile)) == profile


def test_the_limits_of_the_tendering_law_are_read_from_the_files() -> None:
    works = seeded("WORKS_OPEN")

    assert {name: limit.count for name, limit in works.limits.items()}[LimitName.BID_PERIOD] == 20
    assert works.limits[LimitName.CLARIFICATION].count == 15
    assert str(works.threshold(ThresholdName.BOND_CAP)) == "800000"
    assert seeded("SOE_NEGOTIATION").minimum_bidders == 2
    assert seeded("GOV_CONSULTATION").limits[LimitName.BID_PERIOD].count == 10


LOWERED = {"BID_PERIOD": {"count": "19", "unit": "day", "mark": "V", "source": "招标投标法第二十四条"}}
RAISED = {"BID_PERIOD": {"count": "25", "unit": "day", "mark": "D", "source": "本市规定"}}
LATER_ANSWER = {"OBJECTION_ANSWER": {"count": "4", "unit": "day", "mark": "D", "source": "本市规定"}}
WORKING_DAYS = {"OBJECTION_ANSWER": {"count": "3", "unit": "working_day", "mark": "D", "source": "本市规定"}}


@pytest.mark.parametrize("limits", [LOWERED, LATER_ANSWER, WORKING_DAYS])
def test_a_limit_that_protects_is_not_weakened(limits: dict[str, Any]) -> None:
    with pytest.raises(ProfileWeakened) as refused:
        require_revision(seeded("WORKS_OPEN"), changed("WORKS_OPEN", limits=limits))

    assert "招标投标法" in str(refused.value.fields["source"])


def test_a_limit_may_become_stricter() -> None:
    require_revision(seeded("WORKS_OPEN"), changed("WORKS_OPEN", limits=RAISED))


def test_a_limit_does_not_disappear() -> None:
    content = as_content(seeded("WORKS_OPEN"))
    del content["limits"]["CLARIFICATION"]

    with pytest.raises(ProfileWeakened):
        require_revision(seeded("WORKS_OPEN"), parse(content))


def test_a_bond_cap_is_not_raised() -> None:
    cap = {"BOND_CAP": {"value": "900000", "mark": "D", "source": "本市规定"}}

    with pytest.raises(ProfileWeakened):
        require_revision(seeded("WORKS_OPEN"), changed("WORKS_OPEN", thresholds=cap))


CONTRADICTIONS: list[tuple[str, dict[str, Any]]] = [
    ("WORKS_OPEN", {"switches": {"ROOM": "true"}}),
    ("WORKS_OPEN", {"switches": {"ROUNDS": "true"}}),
    ("WORKS_INVITED", {"switches": {"PREQUALIFICATION": "LIMITED"}}),
    ("WORKS_INVITED", {"switches": {"INVITATION": "false"}}),
    (
        "WORKS_PREQUALIFIED_LIMITED",
        {"thresholds": {"QUALIFIED_MAXIMUM": {"value": "2", "mark": "D", "source": "本市规定"}}},
    ),
    ("WORKS_OPEN", {"thresholds": {"BIDDERS_MINIMUM": {"value": "2", "mark": "D", "source": "本市规定"}}}),
]


@pytest.mark.parametrize(("code", "parts"), CONTRADICTIONS)
def test_a_contradiction_is_refused_with_its_article(code: str, parts: dict[str, Any]) -> None:
    with pytest.raises(ProfileContradiction) as refused:
        require_revision(None, changed(code, **parts))

    assert "第" in str(refused.value.fields["article"])


@pytest.mark.parametrize(
    "parts",
    [
        {"switches": {"SEALED": "perhaps"}},
        {"limits": {"BID_PERIOD": {"count": "0", "unit": "day", "mark": "V", "source": "x"}}},
        {"limits": {"BID_PERIOD": {"count": "20", "unit": "day", "mark": "V", "source": " "}}},
        {"limits": {"BID_PERIOD": {"count": "20", "unit": "moon", "mark": "V", "source": "x"}}},
        {"thresholds": {"BOND_SHARE": {"value": "1e-2", "mark": "V", "source": "x"}}},
        {"limits": {"SIESTA": {"count": "1", "unit": "day", "mark": "V", "source": "x"}}},
        {"code": "works open"},
        {"sector": "CHESS"},
    ],
)
def test_what_no_profile_can_say_is_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(ProfileMalformed):
        changed("WORKS_OPEN", **parts)


def test_a_version_does_not_reach_back() -> None:
    today = date(2026, 3, 2)
    require_day(today, today=today, latest=None)

    with pytest.raises(ProfileBackDated):
        require_day(date(2026, 3, 1), today=today, latest=None)
    with pytest.raises(ProfileBackDated):
        require_day(date(2026, 3, 5), today=today, latest=date(2026, 4, 1))


def test_switches_add_to_what_the_legality_table_is_asked() -> None:
    separated = changed("GOV_OPEN", switches={"AWARD_SEPARATION": "true"})

    assert separated.lawful_methods() == (Method.OPEN_TENDER, Method.AWARD_SEPARATION)
    assert separated.has(Switch.AWARD_SEPARATION)
    assert seeded("WORKS_OPEN").price_kinds == ("AMOUNT", "DISCOUNT_RATE")
