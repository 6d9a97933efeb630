"""A consortium 联合体 and its agreement: who does what share, who leads (招标投标法 第31条)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from commons.domain.money import as_text
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop

HUNDRED = Decimal(100)


class ConsortiumBarred(Refusal):
    code = "CONSORTIUM_BARRED"
    message = gettext_noop("This tender takes no bids of consortia.")


class AgreementInvalid(Refusal):
    code = "CONSORTIUM_INVALID"
    message = gettext_noop("The agreement cannot be kept: %(reason)s.")
    status = 400


class AgreementUnsigned(Refusal):
    """招标投标法 第31条: the members sign a joint agreement and hand it in with the bid."""

    code = "CONSORTIUM_UNSIGNED"
    message = gettext_noop("%(missing)s of the members of your consortium have not signed its agreement yet.")


class MemberBidsAlone(Refusal):
    """招标投标法实施条例 第37条: who is in a consortium bids neither alone nor in another one for the same section."""

    code = "CONSORTIUM_MEMBER_ALONE"
    message = gettext_noop("You signed the agreement of a consortium for this section; its lead hands in the bid.")


class InAnotherConsortium(Refusal):
    code = "CONSORTIUM_TWICE"
    message = gettext_noop("You signed the agreement of another consortium for this section.")


class ConsortiumChanged(Refusal):
    """招标投标法实施条例 第37条: a bid is void when members join, leave or change after the prequalification."""

    code = "CONSORTIUM_CHANGED"
    message = gettext_noop(
        "You were prequalified together with exactly these: %(members)s. After that nobody joins, leaves or changes."
    )


@dataclass(frozen=True, slots=True)
class Member:
    """A member with its share of the work in percent and its part in words."""

    organisation_id: int
    uscc: str
    name: str
    share: Decimal
    role: str
    licence: str = ""
    """The qualifications that it brings, with their grades, one after the other."""
    signed_at: str = ""
    """When a person of it signed; nothing before."""

    def as_json(self) -> dict[str, str]:
        """What is agreed, without who has signed."""
        return {"uscc": self.uscc, "name": self.name, "share": as_text(self.share), "role": self.role,
                "licence": self.licence}  # fmt: skip


def check_members(members: Sequence[Member], *, lead_id: int) -> None:
    """Refuses (`AgreementInvalid`) fewer than two, somebody twice, no lead, no role, and shares that are not 100 %."""
    if len(members) < 2:
        raise AgreementInvalid(reason=gettext_noop("a consortium has at least two members"))
    if len({member.organisation_id for member in members}) != len(members):
        raise AgreementInvalid(reason=gettext_noop("a member is named twice"))
    if lead_id not in {member.organisation_id for member in members}:
        raise AgreementInvalid(reason=gettext_noop("the lead is a member with a share of its own"))
    if any(not member.role.strip() for member in members):
        raise AgreementInvalid(reason=gettext_noop("every member has a part in words"))
    if any(member.share <= 0 for member in members) or sum(member.share for member in members) != HUNDRED:
        raise AgreementInvalid(reason=gettext_noop("the shares are above zero and add up to 100 percent"))
