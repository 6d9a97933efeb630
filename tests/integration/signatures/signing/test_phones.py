"""The code that moves a session to the signer's phone: once, in its time, by the same person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from commons.domain.refusals import NotFound
from commons.evidence import queries as evidence
from signatures.signing import queries, services
from signatures.signing.domain.sessions import (
    LINK_LIFETIME,
    LinkOfAnother,
    LinkOver,
    LinkUsed,
    SigningElsewhere,
    SigningState,
)
from signatures.signing.models import PhoneLink
from tests.cast import actor
from tests.integration.signatures.signing.test_sessions import AT, DONE, ask, prepare, types_of
from tests.signing import opened, signature_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone():
    """The signer, signed in on its phone."""
    return replace(actor("buyer1"), session_ref="phone-of-buyer1")


def link_of(session, *, at=AT):
    return services.issue_link(actor=actor("buyer1"), number=session.number, at=at)


def test_the_phone_opens_prepares_and_signs_what_the_desktop_opened(phone):
    DONE.clear()
    session = ask()
    with pytest.raises(SigningElsewhere):
        queries.one(phone, session.number)

    assert services.take_link(actor=phone, token=link_of(session).token, at=AT) == session.number
    made = prepare(session, by=phone)
    signature = signature_of("buyer1", made.attributes)
    services.complete(actor=phone, number=session.number, signature=signature, at=AT)

    assert queries.one(actor("buyer1"), session.number).state == SigningState.SIGNED
    assert "PhoneLinkTaken" in types_of(session)
    assert len(DONE) == 1


def test_a_link_is_used_once(phone):
    session = ask()
    link = link_of(session)
    services.take_link(actor=phone, token=link.token, at=AT)

    other = replace(phone, session_ref="another-phone")
    with pytest.raises(LinkUsed):
        services.take_link(actor=other, token=link.token, at=AT)
    with pytest.raises(SigningElsewhere):
        queries.one(other, session.number)


def test_a_newer_link_voids_the_older_one(phone):
    session = ask()
    old = link_of(session)
    fresh = link_of(session, at=AT + timedelta(seconds=5))

    with pytest.raises(LinkUsed):
        services.take_link(actor=phone, token=old.token, at=AT + timedelta(seconds=6))
    services.take_link(actor=phone, token=fresh.token, at=AT + timedelta(seconds=7))


def test_a_link_is_over_after_three_minutes(phone):
    link = link_of(ask())

    with pytest.raises(LinkOver):
        services.take_link(actor=phone, token=link.token, at=AT + LINK_LIFETIME)


def test_another_account_gets_nothing_and_the_link_is_void(phone):
    session = ask()
    link = link_of(session)

    with pytest.raises(LinkOfAnother):
        services.take_link(actor=actor("buyer2"), token=link.token, at=AT)
    with pytest.raises(NotFound):
        queries.one(actor("buyer2"), session.number)
    with pytest.raises(LinkUsed):
        services.take_link(actor=phone, token=link.token, at=AT)
    last = list(evidence.entries(opened(session.number).stream))[-1]
    assert (last.type, last.actor) == ("PhoneLinkOfAnother", actor("buyer2").ref)


def test_a_guessed_token_leads_nowhere(phone):
    with pytest.raises(NotFound):
        services.take_link(actor=phone, token="guessed", at=AT)


def test_the_table_holds_no_token(phone):
    link = link_of(ask())

    assert not PhoneLink.objects.filter(token_sha256=link.token).exists()
    assert link.token not in str(list(PhoneLink.objects.values()))


def test_a_phone_does_not_pass_the_session_on(phone):
    session = ask()
    services.take_link(actor=phone, token=link_of(session).token, at=AT)

    with pytest.raises(SigningElsewhere):
        services.issue_link(actor=phone, number=session.number, at=AT)
