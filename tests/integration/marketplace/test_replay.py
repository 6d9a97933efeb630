"""A small share of Foshan's 2018, played through the services in this process; the log holds."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from marketplace.fulfilment.models import Engagement
from marketplace.procurement.models import Procurement
from marketplace.selection.models import Selection
from marketplace.statistics.replay import year
from marketplace.statistics.replay.plan import notices
from marketplace.statistics.replay.profiles import PROFILES

pytestmark = pytest.mark.django_db


def test_the_plan_of_a_year_has_the_reported_figures():
    for profile in PROFILES.values():
        count = signed = failed = 0
        for plan in notices(profile):
            count, signed, failed = count + 1, signed + len(plan.sign_ups), failed + plan.fails
        assert (count, failed) == (profile.notices, profile.failed)
        assert abs(signed - profile.sign_ups) <= profile.sign_ups * 0.01


def test_a_winner_who_gives_up_makes_room_on_the_same_day(monkeypatch):
    """The next is drawn while the draw still takes secrets."""
    given = [replace(plan, gives_up=bool(plan.sign_ups)) for plan in notices(PROFILES["foshan-2018"].scaled(0.002))]
    monkeypatch.setattr(year, "notices", lambda _profile: iter(given))
    out = StringIO()

    call_command("replay_year", "foshan-2018", scale=0.002, workers=1, days=2, stdout=out, stderr=StringIO())

    assert json.loads(out.getvalue())["log"]["faults"] == []
    done = Selection.objects.filter(state="DECIDED").count()
    assert Engagement.objects.filter(state="GIVEN_UP").count() == sum(plan.gives_up for plan in given)
    assert Engagement.objects.exclude(state="GIVEN_UP").count() == done


def test_a_small_year_is_played_to_its_end():
    out = StringIO()

    call_command("replay_year", "foshan-2018", scale=0.002, workers=1, days=2, stdout=out, stderr=StringIO())

    told = json.loads(out.getvalue())
    assert told["log"]["faults"] == []
    assert told["figures"]["notices"] == str(Procurement.objects.count()) == "8"
    assert int(told["figures"]["selected"]) == Selection.objects.filter(state="DECIDED").count() == 7
    with pytest.raises(CommandError):
        call_command("replay_year", "foshan-2018", scale=0.002, workers=1, days=2, stdout=out, stderr=StringIO())
