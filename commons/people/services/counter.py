"""The centre's operations desk: how the centre itself begins, and whom it brings in."""

from datetime import datetime

from django.db import transaction

from commons.domain.actor import Actor, Role
from commons.domain.codes import normalise
from commons.domain.codes import uscc as checked_uscc
from commons.domain.refusals import Malformed
from commons.domain.regions import region as check_region
from commons.domain.text import gettext_noop
from commons.evidence import services as evidence
from commons.people import policies
from commons.people.domain.roles import ENTERED_BY_CENTRE, CentreHasOperator, OrganisationKnown
from commons.people.models import Organisation, OrganisationKind
from commons.people.queries import people_with
from commons.people.services.accounts import OpenedAccount, open_account
from commons.people.services.enrolment import enrol_organisation, hold_organisation
from commons.people.services.roles import grant_role
from commons.search import services as search

CENTRE = OrganisationKind.CENTRE.value


@transaction.atomic
def begin_centre(
    *, actor: Actor, uscc: str, name: str, region: str, username: str, person_name: str, at: datetime
) -> OpenedAccount:
    """The trading centre with the first person of its operations desk, who brings in everybody else.

    For the platform's own set-up only. Refuses `NotPermitted`, `InvalidCode`, `CentreHasOperator`, `NameTaken`, and
    `OrganisationKnown` when the centre's code stands for an organisation of another kind.
    """
    code = checked_uscc(normalise(uscc))
    centre_id = enrol_organisation(actor=actor, uscc=code, name=name, kind=CENTRE, region=check_region(region), at=at)
    hold_organisation(centre_id)
    if not Organisation.objects.filter(pk=centre_id, kind=CENTRE).exists():
        raise OrganisationKnown(uscc=code)
    if people_with(centre_id, Role.OPERATOR):
        raise CentreHasOperator()
    opened = open_account(
        actor=actor, username=username, name=person_name, organisation_id=centre_id, role=Role.OPERATOR, at=at
    )
    grant_role(actor=actor, person_id=opened.person_id, organisation_id=centre_id, role=Role.ADMINISTRATOR, at=at)
    return opened


@transaction.atomic
def enter_organisation(*, actor: Actor, code: str, name: str, kind: str, region: str, source: str, at: datetime) -> int:
    """Enter an organisation that does not register itself, by the paper that the desk was shown; its id.

    Organs of government, and institutions that the identity system does not know. `source` names the paper. Refuses
    `NotPermitted`, `AssuranceTooLow`, `InvalidCode`, `Malformed` and `OrganisationKnown`.
    """
    policies.can_keep_people(actor).require()
    known, called, shown = checked_uscc(normalise(code)), name.strip(), source.strip()
    if kind not in ENTERED_BY_CENTRE:
        raise Malformed(field="kind", reason=gettext_noop("it is not one of the allowed words"))
    for field, text in (("name", called), ("source", shown)):
        if not text:
            raise Malformed(field=field, reason=gettext_noop("it is empty"))
    row, made = Organisation.objects.get_or_create(
        uscc=known,
        defaults={
            "name": called,
            "kind": kind,
            "region": check_region(region or known[2:8]),
            "provenance": "counter",
            "registered_at": at,
        },
    )
    if not made:
        raise OrganisationKnown(uscc=known)
    search.store(kind="organisation", ref=row.pk, text=f"{called} {known}")
    evidence.append(
        stream=f"organisation:{row.pk}",
        type="OrganisationEntered",
        actor=actor,
        payload={"uscc": known, "kind": kind, "source": shown},
        decided_at=at,
    )
    return row.pk
