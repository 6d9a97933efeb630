"""Entering the values of the seed files where they are missing; harmless to repeat, never over an entry of staff."""

import tomllib
from datetime import datetime
from pathlib import Path

from django.db import transaction

from commons.domain.actor import system_actor
from commons.entries import record_seeding
from commons.parameters import definitions
from commons.parameters.domain.legality import Method, Verdict
from commons.parameters.domain.values import BEGINNING, Mark
from commons.parameters.models import LegalityRule, ParameterValue

LEGALITY_FILE = Path(definitions.__file__).with_name("legality.toml")


def seed(*, at: datetime) -> int:
    """Enter what is missing; gives the number of new rows."""
    with transaction.atomic():
        return _seed_values(at) + _seed_legality(at)


def _seed_values(at: datetime) -> int:
    clerk = system_actor("seed")
    by = clerk.ref
    known = set(ParameterValue.objects.values_list("key", "trade_type", "region", "valid_from"))
    missing = [
        ParameterValue(
            key=row.key,
            trade_type=row.trade_type,
            region=row.region,
            valid_from=row.valid_from,
            value=row.value,
            source=row.source,
            mark=row.mark,
            entered_by=by,
            entered_at=at,
        )
        for row in definitions.seed_rows()
        if (row.key, row.trade_type, row.region, row.valid_from) not in known
    ]
    ParameterValue.objects.bulk_create(missing)
    facts = [
        {"key": row.key, "trade_type": row.trade_type, "region": row.region, "value": row.value, "source": row.source}
        for row in missing
    ]
    record_seeding("parameters", "Parameters", clerk, facts, at)
    return len(missing)


def _seed_legality(at: datetime) -> int:
    clerk = system_actor("seed")
    by = clerk.ref
    known = set(LegalityRule.objects.values_list("method", "sector", "region"))
    missing = [
        LegalityRule(
            method=Method(entry["method"]).value,
            sector=entry["sector"],
            region=entry.get("region", ""),
            valid_from=entry.get("valid_from", BEGINNING),
            verdict=Verdict(entry["verdict"]).value,
            article=entry["article"],
            mark=Mark(entry["mark"]).value,
            entered_by=by,
            entered_at=at,
        )
        for entry in tomllib.loads(LEGALITY_FILE.read_text(encoding="utf-8"))["rule"]
        if (entry["method"], entry["sector"], entry.get("region", "")) not in known
    ]
    LegalityRule.objects.bulk_create(missing)
    facts = [
        {
            "method": row.method,
            "sector": row.sector,
            "region": row.region,
            "verdict": row.verdict,
            "article": row.article,
        }
        for row in missing
    ]
    record_seeding("legality", "Legality", clerk, facts, at)
    return len(missing)
