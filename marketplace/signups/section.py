"""What the page of a notice shows of its sign-ups."""

from datetime import datetime

from commons.domain.actor import Actor, Role
from marketplace.entry import queries as entry
from marketplace.entry.domain.entrants import EntrantKind
from marketplace.entry.labels import bar_words
from marketplace.procurement.domain.methods import WITHOUT_SIGN_UP
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.queries import ProcurementView
from marketplace.procurement.sections import Section, register_section
from marketplace.signups import queries
from marketplace.signups.domain.signups import SignUpState
from marketplace.signups.labels import SIGN_UP_STATES


def build(viewer: Actor, found: ProcurementView, at: datetime) -> Section | None:
    """To an agency, whether it may sign up and why not; to everybody, who took part once that is over."""
    if found.need.method in WITHOUT_SIGN_UP:
        return None
    open_now = (
        found.state is ProcurementState.SIGNING_UP and found.sign_up_until is not None and at < found.sign_up_until
    )
    agency = entry.own_entrant(viewer, EntrantKind.AGENCY) if viewer.has(Role.AGENCY) else None
    bars = queries.match(agency.id, found, at=at).bars if agency is not None and open_now else ()
    shown = queries.visible_sign_ups(found)
    context = {
        "found": found,
        "open": open_now,
        "is_agency": viewer.has(Role.AGENCY),
        "signed_in": viewer.person_id is not None,
        "entered": agency is not None,
        "bars": bar_words(bars),
        "own": queries.own_sign_up(viewer, found.id) if agency is not None else None,
        "hidden": queries.count_shown(found) is None,
        "minimum": found.minimum.number,
        "rows": [(one, SIGN_UP_STATES[SignUpState(one.state)]) for one in shown],
    }
    return Section("marketplace/signups/_section.html", context)


def register() -> None:
    """Put the section on the page."""
    register_section("signups", 10, build)
