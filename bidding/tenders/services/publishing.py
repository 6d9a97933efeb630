"""Publication by a second person: law checked, rules copied in, codes given, notice out, sealed intakes opened."""

from datetime import date, datetime

from django.db import transaction

from bidding.profiles import queries as profiles
from bidding.profiles.domain.profile import ProcedureProfile, as_content
from bidding.profiles.domain.vocabulary import CLASS_CODES, LimitName, Sector, Switch
from bidding.tenders.domain import single_source
from bidding.tenders.domain.kinds import TenderNoticeKind
from bidding.tenders.domain.qualifying import limited_number
from bidding.tenders.domain.states import SectionCommand, TenderCommand
from bidding.tenders.domain.timetable import Times, require_times
from bidding.tenders.media import media
from bidding.tenders.models import MediaRelease, PublishedDocument, SecretReserve, Section, Tender, TenderProject
from bidding.tenders.policies import can_check_tender, can_publish_tender
from bidding.tenders.services.adding import addition_of
from bidding.tenders.services.common import counter, invited, open_sections, tell
from bidding.tenders.services.drafting import require_ready
from bidding.tenders.services.notices import publish_notice
from bidding.tenders.services.transitions import locked_tender, move_section, move_tender
from commons.domain.actor import Actor, system_actor
from commons.domain.codes import ProjectCode
from commons.domain.deadlines import Direction, local_day
from commons.domain.money import as_text
from commons.domain.text import gettext_noop
from commons.domain.time import to_text
from commons.evidence.domain import canonical
from commons.evidence.domain.canonical import JSON
from commons.parameters import queries as parameters
from commons.people import queries as people
from exchange.projects.services.numbering import next_number
from signatures.crypto.suites import Suite
from signatures.envelopes import services as envelopes
from signatures.envelopes.domain.header import Mode

KEEPER = system_actor("tenders")


@transaction.atomic
def publish_tender(*, actor: Actor, tender_id: int, at: datetime) -> None:
    """Publish what another person checked.

    Refuses `NotAllowedNow`, `CheckedByYou`, `MethodUnlawful` (with the article), `TimeTooEarly`, `TenderUnready` and
    whatever `submit_tender` refuses: the rules of the day of publication hold.
    """
    can_check_tender(actor).require()
    tender = locked_tender(tender_id)
    can_publish_tender(actor, tender).require()
    require_ready(tender, at)
    project, today = tender.project, local_day(at)
    view = profiles.profile(tender.profile_code, on=today)
    profile = view.profile
    articles = profiles.require_lawful(profile, region=project.region, on=today)
    times = Times(tender.applications_end_at, tender.documents_until, tender.bid_deadline)
    require_times(times, profile, published_at=at, count=counter(project.region))
    _give_codes(tender, today)
    snapshot = as_content(profile)
    move_tender(
        tender,
        TenderCommand.PUBLISH,
        actor=actor,
        at=at,
        payload={"profile": profile.code, "version": str(view.version), "profile_sha256": view.sha256},
        published_at=at,
        profile=snapshot,
        profile_version=view.version,
        parameters=parameters.snapshot(trade_type=project.sector, region=project.region, on=today),
        legality=list(dict.fromkeys(rule.article for rule in articles)),
        by_invitation=profile.has(Switch.INVITATION) and not profile.is_single_source,
        code=tender.code,
    )
    store_document(tender, tender.draft, reason="", at=at)
    prequalified = profile.applies_first
    for section in open_sections(tender):
        command = SectionCommand.PREQUALIFY if prequalified else SectionCommand.INVITE_BIDS
        move_section(section, command, actor=actor, at=at, code=_section_code(tender, section))
        if not prequalified:
            take_envelopes(section, profile, at)
    judged = profile.has(Switch.PREQUALIFICATION)
    kind = TenderNoticeKind.PREQUALIFICATION if judged else TenderNoticeKind.TENDER
    publish_notice(tender, kind, notice_body(tender, profile, at=at), actor=actor, at=at)
    subject = gettext_noop("You are invited to bid: %(tender)s")
    tell(tender, invited(tender.pk), subject, at=at, key="invitation")


def store_document(tender: Tender, content: dict[str, JSON], *, reason: str, at: datetime) -> PublishedDocument:
    """Keep a version of the tender document for good, inside the caller's transaction."""
    last = tender.documents.order_by("-version").values_list("version", flat=True).first() or 0
    return PublishedDocument.objects.create(
        tender=tender,
        version=last + 1,
        content=content,
        sha256=canonical.digest(canonical.encode(content)),
        reason=reason,
        published_at=at,
    )


def take_envelopes(section: Section, profile: ProcedureProfile, at: datetime) -> None:
    """Open the sealed intake of a section where the procedure seals its bids."""
    tender = section.tender
    if not profile.has(Switch.SEALED) or tender.roster_id is None or section.deadline is None:
        return
    window = profile.limit(LimitName.DECRYPTION)
    subject = envelopes.Subject(
        f"section:{section.pk}", f"{tender.title} · {section.title}", tender.code, f"{section.number:03d}"
    )
    intake_id = envelopes.open_intake(
        actor=KEEPER,
        subject=subject,
        mode=Mode(profile.choice(Switch.ENCRYPTION)),
        deadline=section.deadline,
        roster_id=tender.roster_id,
        at=at,
        window_minutes=window.count if window else None,
        suite=Suite(tender.suite),
    )
    Section.objects.filter(pk=section.pk).update(intake_id=intake_id)
    section.intake_id = intake_id


def notice_body(tender: Tender, profile: ProcedureProfile, *, at: datetime) -> dict[str, JSON]:
    """What the notice says, amounts and instants as strings; no number of anybody who takes part.

    A single source is named with all that the law has published of it (财政部令第74号 第38条).
    """
    project = tender.project
    return {
        "code": tender.code,
        "title": tender.title,
        "sector": project.sector,
        "procedure": tender.profile_code,
        "owner": project.owner.name,
        "agent": project.agent.name if project.agent else None,
        "approval": f"{project.approval_body} {project.approval_no}".strip(),
        "round": str(tender.round),
        "description": tender.description,
        "chosen": _chosen(tender, profile),
        "single_source": _single_source(tender, profile, at),
        "award_method": tender.award_method,
        "award_parameters": dict(tender.award_parameters),
        "consortium": tender.consortium_allowed,
        "sme_reserved": tender.sme_reserved,
        "sealing_suite": tender.suite,
        "applications_end_at": _text(tender.applications_end_at),
        "documents_until": _text(tender.documents_until),
        "bid_deadline": _text(tender.bid_deadline),
        "sections": [_section_body(section) for section in tender.sections.order_by("number")],
        "findings": [
            {"place": one.place, "quote": one.quote, "article": one.article, "answer": one.answer}
            for one in tender.findings.filter(gone_at=None)
        ],
        "media": list(tender.designated_media),
        "contact": f"{tender.contact_name} {tender.contact_phone}",
    }


def _chosen(tender: Tender, profile: ProcedureProfile) -> JSON:
    """How bidders are found among applicants, and how many at most; nothing where nobody applies."""
    if not profile.has(Switch.PREQUALIFICATION):
        return None
    most = limited_number(profile, tender.qualified_maximum)
    return (
        {"way": "ALL_QUALIFIED", "maximum": None} if most is None else {"way": "HIGHEST_SCORES", "maximum": str(most)}
    )


def single_source_of(tender: Tender, profile: ProcedureProfile) -> dict[str, JSON]:
    """The supplier that alone is asked, with all that is published of it."""
    names = [one.name for one in people.organisations(invited(tender.pk)).values()]
    contact: JSON = {"name": tender.contact_name, "phone": tender.contact_phone}
    said = single_source.as_content(single_source.parse(tender.single_source))
    addition = addition_of(tender, profile)
    return {
        **said,
        "supplier": "、".join(names),
        "contact": contact,
        "addition": dict(addition.as_json()) if addition else None,
    }


def _single_source(tender: Tender, profile: ProcedureProfile, at: datetime) -> JSON:
    """The same for the notice, and until when it is shown; nothing where several are asked."""
    if not profile.is_single_source:
        return None
    limit = profile.limit(LimitName.NOTICE)
    shown_until = counter(tender.project.region)(local_day(at), limit, Direction.AFTER) if limit else None
    return {**single_source_of(tender, profile), "shown_until": shown_until.isoformat() if shown_until else None}


def release_notice(release_id: int, *, at: datetime) -> None:
    """Hand a notice to its medium; harmless to repeat."""
    release = MediaRelease.objects.select_related("notice__tender").get(pk=release_id)
    if release.sent_at is not None:
        return
    notice = release.notice
    media().release(
        release.medium,
        release.pk,
        {"kind": notice.kind, "code": notice.tender.code, "sha256": notice.sha256, "body": notice.body},
    )
    MediaRelease.objects.filter(pk=release.pk, sent_at=None).update(sent_at=at)


def _section_body(section: Section) -> dict[str, JSON]:
    return {
        "number": str(section.number),
        "code": section.code,
        "title": section.title,
        "scope": section.scope,
        "kind": section.kind,
        "estimate": as_text(section.estimate),
        "price_kind": section.price_kind,
        "ceiling": as_text(section.ceiling) if section.ceiling is not None else None,
        "alternatives": list(section.alternatives),
        "bond": as_text(section.bond) if section.bond is not None else None,
        "awards": str(section.awards),
        "call_offs": section.call_offs if section.awards > 1 else None,
        "grades": list(section.grades),
        "right": section.right.as_json() if section.right else None,
        "reserve": _reserve(section),
    }


def _reserve(section: Section) -> JSON:
    """That a secret reserve was decided, by whom and when; nothing where there is none. Never how much."""
    found = SecretReserve.objects.filter(section=section).first()
    return dict(found.decision) if found else None


def _give_codes(tender: Tender, today: date) -> None:
    project = TenderProject.objects.select_for_update().get(pk=tender.project_id)
    if not project.code:
        trade_class = CLASS_CODES[Sector(project.sector)]
        number = next_number(f"project:{trade_class}:{project.region}:{today:%y%m%d}")
        project.code = str(ProjectCode(trade_class=trade_class, region=project.region, on=today, sequence=number))
        project.save(update_fields=["code"])
    tender.project.code = project.code
    tender.code = f"{project.code}{tender.number:03d}"


def _section_code(tender: Tender, section: Section) -> str:
    return f"{tender.code}{section.number:03d}"


def _text(at: datetime | None) -> str | None:
    return to_text(at) if at else None
