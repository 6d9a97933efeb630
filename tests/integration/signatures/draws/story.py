"""A draw told step by step: the plan, the holders, the moments."""

import json
from datetime import UTC, datetime, timedelta

from signatures.draws import services as draws
from signatures.draws.services import PLATFORM, Beacon, Holder, Plan
from tests import cast

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
REVEAL = AT + timedelta(minutes=10)
END = AT + timedelta(minutes=30)
LATER = REVEAL + timedelta(seconds=1)
AGENCIES = tuple(f"agency:{number}" for number in range(1, 9))
BEACON = Beacon("demo-beacon", "1842", AT + timedelta(minutes=5))
VALUE = bytes(range(32))


def plan(**changes):
    facts = {
        "subject": "procurement:7", "title": "抽取中介服务机构", "roster": AGENCIES, "k": 2, "reveal_from": REVEAL,
        "reveal_until": END, "exclusions": ("agency:3",), "beacon": BEACON,
    }  # fmt: skip
    return Plan(**{**facts, **changes})


def announced(*, custodians=(PLATFORM,), parties=(), actor=None, **changes):
    """A draw of the platform with a beacon, announced and under a checkpoint."""
    view = draws.announce(
        actor=actor or cast.actor("staff"), plan=plan(**changes), custodians=custodians, parties=parties, at=AT
    )
    draws.advance_due(AT + timedelta(seconds=1))
    return view


def holder(key):
    who = cast.actor(key)
    return Holder(who.person_id, who.organisation_id)


def beacon_file(path, *, value=VALUE, round_="1842", source="demo-beacon"):
    rounds = [{"round": round_, "value": value.hex()}]
    path.write_text(json.dumps({"format": "luochui-beacon/v1", "source": source, "rounds": rounds}))
    return path
