"""The papers of an award: letter 中标通知书 and contract. Chinese PDFs that are signed."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from bidding.awards.models import Award, ResultLine
from bidding.profiles.domain.vocabulary import OWNERS, LimitName, OwnerKind, Sector, Switch, ThresholdName
from bidding.tenders.domain.sections import CallOffMethod
from bidding.tenders.queries import SectionTerms
from commons.domain.actor import Actor
from commons.domain.money import capital_yuan, normal_text
from commons.domain.text import gettext_noop
from commons.people import queries as people
from signatures.documents import services as documents
from signatures.documents.domain.papers import Party
from signatures.documents.services import Draft

AWARD_LETTER, TENDER_CONTRACT = "bidding.award_letter", "bidding.contract"
"""Kinds of papers; who signs them and what follows stands in `signing`."""


CALL_OFF_WORDS = {
    CallOffMethod.DIRECT: "甲方依据价格、质量、服务便利性、用户评价等因素，从入围供应商中直接选定",
    CallOffMethod.COMPETITION: "以入围价格为最高限价，在符合需求的入围供应商中二次竞价，报价最低者成交",
    CallOffMethod.ROTATION: "按入围名次顺序轮候，每轮每家一次",
}


class Words(NamedTuple):
    """How the papers of a procedure call the two sides and what one of them has achieved."""

    owner: str
    result: str
    winner: str


class Law(NamedTuple):
    """The articles that the letter and the contract of a procedure stand on."""

    letter: str
    contract: str


WORKS_SIDES = {"WORKS": ("发包人", "承包人"), "GOODS": ("买方", "卖方"), "SERVICES": ("委托人", "受托人")}


def words_of(terms: SectionTerms) -> Words:
    """The owner's word; a framework is entered 入围, a tender won 中标, anything else concluded 成交."""
    owner = OWNERS[terms.profile.owner_kind]
    if terms.profile.has(Switch.FRAMEWORK) and terms.awards > 1:
        return Words(owner, "入围", "入围供应商")
    if terms.profile.is_tender:
        return Words(owner, "中标", "中标人")
    return Words(owner, "成交", "成交供应商")


def sides_of(terms: SectionTerms) -> tuple[str, str]:
    """How a contract of the sector calls its sides: 发包人 and 承包人 in works, 出让人 and 受让人 of a right …"""
    owner, _result, winner = words_of(terms)
    if terms.sector is Sector.WORKS:
        return WORKS_SIDES[terms.kind]
    if terms.sector is Sector.PROPERTY_MANAGEMENT:
        return "业主大会" if terms.profile.has(Switch.OWNERS_VOTE) else "建设单位", "物业服务企业"
    if terms.sector is Sector.LAND:
        return owner, "受让方" if terms.profile.owner_kind is OwnerKind.TRANSFEROR else "受让人"
    return owner, winner if terms.awards > 1 else "供应商"


def law_of(terms: SectionTerms) -> Law:
    """By which articles letter and contract bind."""
    if terms.sector is Sector.GOVERNMENT_PROCUREMENT:
        tendered = terms.profile.is_tender
        return Law(
            "政府采购法第四十六条", "财政部令第87号第七十一条" if tendered else "政府采购法第四十三条、第四十六条"
        )
    if terms.profile.owner_kind is OwnerKind.GRANTOR:
        return Law("国土资源部令第39号第二十条", "国土资源部令第39号第二十一条")
    if terms.profile.owner_kind is OwnerKind.BUYER and not terms.profile.is_tender:
        return Law("民法典第五百条", "民法典第五百零九条")
    return Law("招标投标法第四十五条", "招标投标法第四十六条")


def award_letter(
    terms: SectionTerms, line: ResultLine, amount: Decimal, award_id: int, *, actor: Actor, at: datetime
) -> Draft:
    """The award letter of the award that will have that number; the owner signs it."""
    limit = terms.profile.limit(LimitName.CONTRACT)
    context = {**_common(terms, line, amount, at), "contract_days": limit.count if limit else None}
    return documents.draft(
        actor=actor,
        kind=AWARD_LETTER,
        subject=f"award:{award_id}",
        guard=f"award:{award_id}",
        title=f"{words_of(terms).result}通知书 {terms.code}",
        template="awards/papers/letter.html",
        context=context,
        parties=[Party("owner", terms.owner_label, terms.owner_id)],
        amount=amount,
        suite=terms.suite,
        at=at,
    )


def contract(terms: SectionTerms, award: Award, number: str, *, actor: Actor, at: datetime) -> Draft:
    """The contract between owner and winner, signed by both."""
    share = terms.profile.threshold(ThresholdName.PERFORMANCE_SHARE)
    context = {
        **_common(terms, award.line, award.amount, at),
        "number": number,
        "performance": normal_text(share * 100) if share else "",
        "clauses": terms.document.chapter("CONTRACT"),
        "is_framework": terms.awards > 1,
        "call_offs": CALL_OFF_WORDS[terms.call_offs],
    }
    return documents.draft(
        actor=actor,
        kind=TENDER_CONTRACT,
        subject=f"award:{award.pk}",
        guard=f"award:{award.pk}",
        title=f"合同 {number}",
        template="awards/papers/contract.html",
        context=context,
        parties=[
            Party("owner", terms.owner_label, terms.owner_id),
            Party("winner", gettext_noop("Winner"), award.line.organisation_id),
        ],
        amount=award.amount,
        suite=terms.suite,
        at=at,
    )


def _common(terms: SectionTerms, line: ResultLine, amount: Decimal, at: datetime) -> dict[str, object]:
    return {
        "terms": terms,
        "words": words_of(terms),
        "sides": sides_of(terms),
        "law": law_of(terms),
        "owner": people.organisation(terms.owner_id),
        "winner": line.organisation,
        "line": line,
        "amount": amount,
        "capitals": capital_yuan(amount),
        "at": at,
    }
