"""From a published need to a decided selection: sign-ups, deadline, draws, clock."""

from datetime import date, datetime, timedelta
from uuid import UUID

from commons.domain.actor import Actor, Assurance, Role, system_actor
from commons.domain.codes import make_uscc
from commons.people import services as people
from marketplace.entry import services as entries
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.fulfilment import queries as engagements
from marketplace.fulfilment import services as fulfilment
from marketplace.procurement import queries as procurements
from marketplace.selection import queries, services
from marketplace.selection.models import Selection
from marketplace.selection.queries import SelectionView
from marketplace.signups import services as signups
from signatures.draws import services as draws
from signatures.draws.domain import hs1
from tests import cast
from tests.integration.marketplace import story

CLERK = system_actor("demo")
SECRET = bytes(range(32))


def market(agencies: int = 3) -> tuple[int, list[Actor]]:
    """An item, owner1 and so many agencies; the first three are those of the cast."""
    item_id = story.item()
    story.owner()
    return item_id, [_agency(place, item_id) for place in range(1, agencies + 1)]


def _agency(place: int, item_id: int) -> Actor:
    key = f"agency{place}"
    if key in cast.PARTIES:
        story.agency(key, item_id)
        return cast.actor(key)
    code = make_uscc(authority="9", category="1", region="440600", organisation8=f"{88000000 + place}")
    organisation_id = people.enrol_organisation(
        actor=CLERK, uscc=code, name=f"示范机构{place}", kind="ENTERPRISE", region="440600", at=cast.LONG_AGO,
        legal_representative=f"代表{place}",
    )  # fmt: skip
    facts = entries.Admission(
        organisation_id, EntrantKind.AGENCY, item_ids=(item_id,), qualifications=(story.CERTIFICATE,),
        licence_number="L-1", licence_until=date(2035, 1, 1),
    )  # fmt: skip
    entries.admit(actor=CLERK, facts=facts, at=story.AT - timedelta(days=60))
    return Actor(10_000 + place, organisation_id, frozenset({Role.AGENCY}), Assurance.FACE_OR_LICENCE)


def somebody_of(organisation_id: int) -> Actor:
    """Somebody who acts for an agency, of the cast or not."""
    return Actor(
        None, organisation_id, frozenset({Role.AGENCY}), Assurance.FACE_OR_LICENCE, f"agency-{organisation_id}"
    )


def signed_up(procurement_id: int, agencies: list[Actor], *quotes: str | None) -> None:
    """Each agency signs up, with its quote, a minute apart."""
    for place, (actor, quote) in enumerate(zip(agencies, quotes, strict=True)):
        story.sign(actor, procurement_id, quote=quote, at=story.AT + timedelta(minutes=place))


def close(procurement_id: int) -> datetime:
    """End the sign-up at its deadline; the moment of the selection."""
    found = procurements.procurement(procurement_id)
    assert found.selection_at is not None
    assert found.sign_up_until is not None
    if found.state.value == "SIGNING_UP":
        signups.close_signups(procurement_id=procurement_id, at=found.sign_up_until)
    return found.selection_at


def begun(procurement_id: int) -> tuple[int, datetime]:
    """Close and begin: the selection and its moment."""
    at = close(procurement_id)
    services.advance_due(at)
    return Selection.objects.latest("pk").pk, at


def drawn(selection_id: int, at: datetime) -> datetime:
    """Let the draw that is waited for happen: the owner's secret, the checkpoint, the reveal; the moment after."""
    waiting = queries.selection(selection_id)
    assert waiting.draw_id is not None, "a draw is waited for"
    keep_secret(waiting.draw_id, at)
    revealed = at + timedelta(minutes=31)
    draws.advance_due(at + timedelta(minutes=2))
    draws.advance_due(revealed)
    services.advance_due(revealed)
    return revealed


def keep_secret(draw_id: UUID, at: datetime) -> None:
    """The owner leaves its secret in safekeeping."""
    draws.commit(
        actor=cast.actor("owner1"), draw_id=draw_id, commitment=hs1.commitment_to(SECRET), secret=SECRET, at=at
    )


def run(selection_id: int, at: datetime) -> tuple[SelectionView, datetime]:
    """Every draw that the selection asks for, until it asks for none."""
    while queries.selection(selection_id).wait.value == "DRAW":
        at = drawn(selection_id, at)
    return queries.selection(selection_id), at


def decided(procurement_id: int) -> tuple[SelectionView, datetime]:
    """The selection run to its end."""
    return run(*begun(procurement_id))


def published(selection_id: int, at: datetime) -> int:
    """The published result of a decided selection."""
    fulfilment.advance_due(at)
    found = engagements.of_selection(selection_id)
    assert found is not None
    return found.id
