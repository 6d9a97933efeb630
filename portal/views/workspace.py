"""The workspace: what is to be done, per role, and the ways there."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from bidding.opening import waiting as openings
from bidding.tenders import waiting as tenders_waiting
from commons.approvals import queries as approvals
from commons.domain.actor import Actor, Role
from commons.domain.tasks import Waiting, in_order
from commons.people.labels import role_label
from exchange.auctions import waiting as auctions
from exchange.deposits import waiting as deposits
from marketplace import waiting as supermarket
from portal.context import address
from signatures.documents import waiting as papers
from signatures.draws import waiting as draws
from signatures.guarantees import waiting as guarantees

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Way:
    """A tile of the workspace: a page by its name, in words, and what it is for."""

    page: str
    title: Text
    hint: Text


@dataclass(frozen=True, slots=True)
class Tile:
    title: str
    hint: str
    url: str
    waiting: int = 0


def approvals_waiting(actor: Actor, now: datetime) -> int:
    return len(approvals.waiting_for(actor, at=now, page=None))


STOCK_ADMINISTRATION = "admin:index"
"""Only for accounts of `createsuperuser`: a role of the centre alone is refused there, so it is not led there."""

WAYS: dict[Role, Sequence[Way]] = {
    Role.BIDDER: (
        Way("notices:list", _("Find a notice"), _("Lots that are announced, with what each asks of a buyer.")),
        Way("tenders:list", _("Find a tender"), _("Take the documents, ask without being named, prepare a bid.")),
        Way(
            "auctions:my_registrations",
            _("My registrations"),
            _("What is still missing before you may bid, and by when."),
        ),
        Way("rooms:list", _("Live rooms"), _("Rooms that are open or open soon, and rehearsals with robots.")),
        Way("deposits:mine", _("Deposits and payments"), _("Sub-accounts, what has arrived, and refunds.")),
        Way(
            "contracts:list",
            _("Results and contracts"),
            _("Confirm a result, sign, pay, and download the certificate."),
        ),
        Way("guarantees:mine", _("Guarantees"), _("Guarantees in the place of deposits, and what became of them.")),
        Way("permits:mine", _("Permits and holdings"), _("Rights that you hold, and their movements.")),
        Way(
            "envelopes:list",
            _("Rehearse sealing a bid"),
            _("Practise sealing and unlocking before a tender asks for it."),
        ),
    ),
    Role.SELLER: (
        Way("projects:desk", _("Projects and lots"), _("Draft a project, hand it in, follow it to the certificate.")),
        Way("auctions:qualification", _("Qualify buyers"), _("Registrations that wait for your decision.")),
        Way("contracts:list", _("Results and contracts"), _("Confirm results and sign contracts.")),
        Way("guarantees:beneficiary", _("Guarantees in your favour"), _("Opened with the result: claim or release.")),
        Way("permits:mine", _("Permits and holdings"), _("The reserve that you sell from.")),
    ),
    Role.OWNER: (
        Way("procurement:workspace", _("Needs"), _("Draft, approve and publish needs; questions and amendments.")),
        Way("entry:owner_entry", _("Entry into the supermarket"), _("Enter once, then publish as often as you like.")),
        Way(
            "fulfilment:list", _("Contracts and services"), _("Contracts to compose, deliverables to accept, ratings.")
        ),
        Way("fulfilment:objections", _("Objections"), _("To your notices and results: answer within the limit.")),
        Way("catalogue:list", _("Service items"), _("What agencies can be asked to do, and by which law.")),
    ),
    Role.AGENCY: (
        Way("signups:workspace", _("Notices that fit"), _("Open notices with the reason for match or mismatch.")),
        Way("signups:mine", _("Our sign-ups"), _("Receipts, and what became of each.")),
        Way("fulfilment:list", _("Contracts and services"), _("Sign, hand in deliverables, confirm payments, rate.")),
        Way(
            "fulfilment:objections",
            _("Objections"),
            _("To notices and results: what was answered, and the way to the regulator."),
        ),
        Way(
            "entry:agency_entry",
            _("Entry into the supermarket"),
            _("Licence, qualifications, practitioners, re-check."),
        ),
    ),
    Role.TENDEREE: (
        Way("tenders:desk", _("My tenders"), _("Plans, drafts, questions, results and contracts.")),
        Way("profiles:list", _("Procedures"), _("What each procedure asks, by which law.")),
    ),
    Role.AGENT: (
        Way("tenders:desk", _("My tenders"), _("Tenders that you prepare for their owners.")),
        Way("profiles:list", _("Procedures"), _("What each procedure asks, by which law.")),
    ),
    Role.STAFF: (
        Way(
            "tenders:centre",
            _("Check and publish tenders"),
            _("Tenders that were handed in; a second person publishes."),
        ),
        Way(
            "projects:centre",
            _("Check and publish lots"),
            _("Drafts that were handed in; a second person publishes."),
        ),
        Way("auctions:qualification", _("Registrations"), _("Buyers and what each still lacks.")),
        Way("procurement:desk", _("Needs to audit"), _("Needs and amendments of the supermarket.")),
        Way("entry:desk", _("Entries to check"), _("Owners and agencies that want to enter.")),
        Way("rooms:list", _("Live rooms"), _("Rooms that run, and those to come.")),
        Way("contracts:list", _("Results and contracts"), _("From the hammer to the certificate.")),
    ),
    Role.HOST: (
        Way("draws:list", _("Draws"), _("Prepare draws of experts, agencies and numbers.")),
        Way("envelopes:list", _("Openings"), _("Rehearse an opening, begin it, and see what became of each bid.")),
        Way("envelopes:officer", _("My officer keys"), _("Make the key that opens bids; say when you are away.")),
        Way("rooms:list", _("Conduct rooms"), _("Watch, pause and resume by two persons, with a reason.")),
        Way("approvals:list", _("Approvals by two persons"), _("What waits for a second person.")),
    ),
    Role.FINANCE: (
        Way("deposits:statements", _("Bank statements"), _("Import camt files; unmatched and doubtful entries.")),
        Way("deposits:list", _("Deposits and payments"), _("What is expected, what has arrived, what goes back.")),
        Way(
            "deposits:payouts", _("Payments out"), _("Refunds and forfeits as bank files, from order to confirmation.")
        ),
        Way("deposits:accounts", _("Payee accounts"), _("Accounts that money may go to, vetted by two persons.")),
        Way(
            "approvals:list",
            _("Approvals by two persons"),
            _("Refunds and forfeits that wait for a second person."),
        ),
    ),
    Role.OPERATOR: (
        Way("operations", _("Operations"), _("Health, backlog, how far the log is signed, and what staff keep.")),
        Way("profiles:list", _("Procedures"), _("Profiles of tendering procedures, with their versions.")),
        Way("parameters:list", _("Rule parameters"), _("Each number with its legal source and the day it begins.")),
        Way("calendar:year", _("Calendar"), _("Working days; deadlines are computed from them.")),
        Way("catalogue:list", _("Service items"), _("The catalogue of the supermarket: enter, revise, import.")),
        Way("imports:list", _("Imports"), _("Companies, permits and holdings from tables, with a dry run.")),
        Way("permits:list", _("Permits and holdings"), _("Holdings of the city and every movement.")),
        Way("guarantees:issuers", _("Issuers of guarantees"), _("Who may issue, by which decision.")),
        Way("people:desk", _("Service desk"), _("Bring in organisations and people; help who cannot sign in.")),
        Way("people:members", _("People and roles"), _("Accounts of the centre.")),
        Way("envelopes:rosters", _("Opening officers"), _("Who opens sealed bids together, and their keys.")),
        Way("pki:trust_list", _("Trusted authorities"), _("Whose certificates count; suspend one at once.")),
        Way(STOCK_ADMINISTRATION, _("Look-up"), _("The stock administration, read-only for sealed objects.")),
    ),
    Role.REGULATOR: (
        Way("complaints:complaints", _("Complaints"), _("Accept, decide, suspend, each under its number.")),
        Way("rooms:list", _("Live rooms"), _("Every room as its host sees it.")),
        Way("entry:directory", _("Agencies"), _("Suspend one, or restrict it in the whole province, by decision.")),
        Way("fulfilment:objections", _("Objections"), _("Complaints of the supermarket: take up, decide.")),
        Way("credit:lists", _("Red and black lists"), _("Appeals against ratings, entries, hearings, repair.")),
        Way("evidence:log", _("Evidence log"), _("Streams, checkpoints and proofs.")),
        Way("draws:mine", _("Draws in which you hold a secret"), _("Commit beforehand, reveal at the moment.")),
        Way("guarantees:overseen", _("Guarantees"), _("What was opened, and every claim.")),
        Way("permits:list", _("Permits and holdings"), _("Holdings of the city and every movement.")),
        Way("pki:trust_list", _("Trusted authorities"), _("Whose certificates count, and which are bound.")),
    ),
    Role.AUDITOR: (
        Way("evidence:log", _("Evidence log"), _("Streams, checkpoints and proofs.")),
        Way("guarantees:overseen", _("Guarantees"), _("What was opened, and every claim.")),
        Way("rooms:list", _("Live rooms"), _("Rooms and their replays.")),
        Way("deposits:list", _("Deposits and payments"), _("The ledger, leg by leg.")),
    ),
    Role.ISSUER: (
        Way("guarantees:queue", _("Back office"), _("Applications to assess, guarantees that stand, claims.")),
        Way("guarantees:credit", _("Credit lines"), _("What each applicant may use and has in use.")),
    ),
    Role.ISSUER_MANAGER: (
        Way("guarantees:queue", _("Back office"), _("Sign guarantees, pay or refuse claims.")),
        Way("guarantees:credit", _("Credit lines"), _("Grant and renew credit.")),
    ),
    Role.TREASURY: (
        Way("deposits:vouchers", _("Confirm payments"), _("Purchase prices that have arrived and need your voucher.")),
    ),
    Role.ADMINISTRATOR: (Way("people:members", _("People and roles"), _("Grant and end roles; open accounts.")),),
}
FOR_EVERYBODY = (
    Way("inbox:list", _("Inbox"), _("What the platform told you and your organisation.")),
    Way("verify", _("Verify"), _("Certificates, receipts and the log.")),
    Way("people:account", _("Account and security"), _("Second factor, passkeys, sessions.")),
    Way("pki:own", _("My certificates"), _("Bind the certificate with which you sign.")),
)


Question = Callable[[Actor, datetime], Iterable[Waiting]]
QUESTIONS: dict[Role, tuple[Question, ...]] = {
    Role.BIDDER: (auctions.of_bidder, tenders_waiting.of_bidder, openings.of_bidder, papers.of_anybody),
    Role.SELLER: (auctions.of_seller, papers.of_anybody),
    Role.OWNER: (supermarket.of_anybody, draws.of_holder, papers.of_anybody),
    Role.AGENCY: (supermarket.of_anybody, papers.of_anybody),
    Role.TENDEREE: (tenders_waiting.of_owner, openings.of_host, papers.of_anybody),
    Role.AGENT: (tenders_waiting.of_owner, openings.of_host, papers.of_anybody),
    Role.STAFF: (auctions.of_staff, tenders_waiting.of_staff, supermarket.of_anybody),
    Role.HOST: (auctions.of_host, openings.of_host, draws.of_holder),
    Role.FINANCE: (deposits.of_finance,),
    Role.TREASURY: (deposits.of_treasury,),
    Role.REGULATOR: (auctions.of_regulator, supermarket.of_anybody, draws.of_holder),
    Role.EXPERT: (supermarket.of_anybody,),
    Role.ISSUER: (guarantees.of_issuer,),
    Role.ISSUER_MANAGER: (guarantees.of_issuer,),
}
"""What waits for each role, and by when."""


class WorkspaceView(LoginRequiredMixin, TemplateView):
    """One group of tiles per role of the organisation that the person acts for."""

    template_name = "portal/workspace.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor: Actor = self.request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
        now = timezone.now()
        waiting = what_waits(actor, now)
        counts = Counter[str]()
        for one in waiting:
            counts[one.url] += one.count
        barred = () if self.request.user.is_staff else (STOCK_ADMINISTRATION,)
        groups = [
            (role_label(role), list(lead_to([way for way in WAYS.get(role, ()) if way.page not in barred], counts)))
            for role in Role
            if role in actor.roles
        ]
        common = list(lead_to(FOR_EVERYBODY, counts))
        shown = [(one, one.is_overdue(now)) for one in waiting]
        return super().get_context_data(
            groups=[group for group in groups if group[1]], common=common, waiting=shown, now=now, **kwargs
        )


def what_waits(actor: Actor, now: datetime) -> list[Waiting]:
    """What waits for the actor in any of its roles, the soonest due first; the same thing once."""
    asked = {question: None for role, questions in QUESTIONS.items() if role in actor.roles for question in questions}
    found = [one for question in asked for one in question(actor, now)]
    count = approvals_waiting(actor, now)
    if count:
        words = ngettext("%(count)s approval by a second person", "%(count)s approvals by a second person", count)
        found.append(Waiting(words % {"count": count}, address("approvals:list"), count=count))
    return in_order({(one.title, one.url, one.hint): one for one in found}.values())


def is_way(actor: Actor, page: str) -> bool:
    """Whether the page is one of those to which the workspace of this person leads."""
    ways = (*FOR_EVERYBODY, *(way for role in actor.roles for way in WAYS.get(role, ())))
    return actor.person_id is not None and any(way.page == page for way in ways)


def lead_to(ways: Sequence[Way], counts: Mapping[str, int]) -> Iterator[Tile]:
    """The ways whose pages this installation has, each with how much waits at that address."""
    for way in ways:
        if url := address(way.page):
            yield Tile(str(way.title), str(way.hint), url, counts[url])
