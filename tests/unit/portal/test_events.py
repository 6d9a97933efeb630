"""Records on pages are told in words: no type of an entry that a page shows goes without."""

import pytest

from commons.approvals.domain.approval import MACHINE as APPROVAL
from commons.domain.machines import Machine
from marketplace.entry.domain.entrants import ENTRANT
from marketplace.procurement.domain.states import PROCUREMENT
from portal.events import EVENTS
from portal.templatetags.design import event_name


@pytest.mark.parametrize("machine", [APPROVAL, ENTRANT, PROCUREMENT], ids=lambda machine: machine.name)
def test_every_event_of_a_machine_that_pages_show_has_words(machine: Machine) -> None:  # type: ignore[type-arg]
    assert [row.event for row in machine.rows if row.event not in EVENTS] == []


def test_a_type_without_words_stays_as_it_is() -> None:
    assert event_name("NobodyWordedThis") == "NobodyWordedThis"
