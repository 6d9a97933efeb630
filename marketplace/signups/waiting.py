"""Sign-ups that an amendment has overtaken, for the workspace of their agency."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from commons.domain.actor import Actor
from commons.domain.tasks import Waiting
from commons.secrecy.fields import Party
from marketplace.procurement.domain.states import ProcurementState
from marketplace.procurement.models import Procurement
from marketplace.signups.domain.signups import SignUpState
from marketplace.signups.models import SignUp

MOST = 200
"""Amended notices that are open at one time."""


def of_agency(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Amended notices for which only an earlier version was signed up; who that is, nobody else learns."""
    if actor.organisation_id is None:
        return
    open_ones = Procurement.objects.filter(state=ProcurementState.SIGNING_UP.value, sign_up_until__gt=now)
    amended = list(open_ones.filter(version__gt=1).order_by("sign_up_until")[:MOST])
    if not amended:
        return
    parties = [Party(row.pk, actor.organisation_id) for row in amended]
    made = SignUp.objects.filter(party__in=parties).exclude(state=SignUpState.WITHDRAWN.value)
    newest: dict[int, int] = {}
    for number, version in made.values_list("procurement_id", "version"):
        newest[number] = max(version, newest.get(number, 0))
    for row in amended:
        if newest.get(row.pk, row.version) < row.version:
            url = reverse("signups:sign_up", args=[row.pk])
            yield Waiting(_("The notice changed: sign up again"), url, row.sign_up_until, row.title)
