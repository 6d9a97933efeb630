"""Time stamps never hold anybody up: they come at once or later."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import override_settings

from commons.evidence.models import EvidenceEntry
from signatures.crypto import timestamps
from signatures.pki import queries, services
from signatures.pki.domain.stamps import delay_after
from signatures.pki.models import PendingStamp
from tests.pki import Revocation, Stamps, install_trust

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
DIGEST = hashlib.sha256(b"receipt").digest()
AWAY = {"revocation": "tests.pki.Revocation", "time_stamps": "tests.integration.signatures.pki.test_stamping.Away"}
ROGUE = {**AWAY, "time_stamps": "tests.integration.signatures.pki.test_stamping.Rogue"}


class Away(Stamps):
    def __init__(self):
        super().__init__(away=True)


class Rogue(Stamps):
    def __init__(self):
        super().__init__(label="rogue-tsa")


def asked(subject="receipt:1", at=NOW):
    with transaction.atomic():
        return services.request_stamp(subject=subject, digest=DIGEST, at=at)


def test_asking_asks_nobody_and_is_pending():
    install_trust()
    with override_settings(HOOKS=AWAY):
        assert asked().ts_pending
        assert asked() == asked()


def test_a_token_at_once():
    install_trust()
    asked()
    stamp = services.stamp_now(subject="receipt:1", at=NOW)
    assert not stamp.ts_pending
    assert stamp.token is not None
    status = timestamps.verify(stamp.token, digest=DIGEST, at=NOW, trust=queries.trust_store(), revocation=Revocation())
    assert status.valid
    assert stamp == services.stamp_of("receipt:1")
    assert EvidenceEntry.objects.filter(type="TimeStamped").count() == 1


def test_while_the_authority_is_away_it_stays_pending_and_comes_later():
    install_trust()
    asked()
    with override_settings(HOOKS=AWAY):
        assert services.stamp_now(subject="receipt:1", at=NOW).ts_pending
        assert services.stamp_due(NOW + timedelta(seconds=1)) == 0
    assert services.stamp_due(NOW + timedelta(seconds=1)) == 0  # not due yet
    assert services.stamp_due(NOW + delay_after(2)) == 1
    late = services.stamp_of("receipt:1")
    assert late is not None
    assert late.stamped_at == NOW + delay_after(2)
    assert services.stamp_due(NOW + timedelta(days=1)) == 0


def test_an_authority_that_is_away_is_asked_one_question_a_round():
    install_trust()
    for number in range(3):
        asked(f"receipt:{number}")
    with override_settings(HOOKS=AWAY):
        assert services.stamp_due(NOW) == 0

    assert sorted(PendingStamp.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    assert services.stamp_due(NOW + delay_after(1)) == 3


def test_a_token_that_does_not_hold_is_not_kept():
    install_trust()
    asked()
    with override_settings(HOOKS=ROGUE):
        assert services.stamp_now(subject="receipt:1", at=NOW).ts_pending


def test_tries_come_less_often_and_never_end():
    assert [delay_after(attempts).total_seconds() for attempts in (1, 2, 3, 10, 1000)] == [2, 4, 8, 600, 600]


def test_two_workers_ask_once():
    install_trust()
    asked()
    from signatures.pki.services.stamping import _try

    row = PendingStamp.objects.get()
    assert [_try(row, NOW), _try(row, NOW)] == [True, False]


def test_another_digest_for_the_same_subject_is_a_mistake():
    asked()
    with pytest.raises(AssertionError), transaction.atomic():
        services.request_stamp(subject="receipt:1", digest=bytes(32), at=NOW)
