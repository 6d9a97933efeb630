"""What a procedure profile may declare: sectors, switches, limits, thresholds and price formulas, each with its bound.

A limit or threshold *protects* somebody: a revision may be stricter than the one before, never weaker. `Bound` says
which direction is which.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from commons.domain.text import gettext_noop


class Sector(StrEnum):
    """The sectors of tendering 行业; they are trade types, so that parameters and legality are keyed by them."""

    WORKS = "WORKS"
    GOVERNMENT_PROCUREMENT = "GOVERNMENT_PROCUREMENT"
    SOE_PROCUREMENT = "SOE_PROCUREMENT"
    PROPERTY_MANAGEMENT = "PROPERTY_MANAGEMENT"
    LAND = "LAND"


SECTOR_LABELS: Mapping[Sector, str] = MappingProxyType(
    {
        Sector.WORKS: gettext_noop("Construction works"),
        Sector.GOVERNMENT_PROCUREMENT: gettext_noop("Government procurement"),
        Sector.SOE_PROCUREMENT: gettext_noop("State-owned enterprises' procurement"),
        Sector.PROPERTY_MANAGEMENT: gettext_noop("Property management"),
        Sector.LAND: gettext_noop("Land and other rights"),
    }
)

CLASS_CODES: Mapping[Sector, str] = MappingProxyType(
    {
        Sector.WORKS: "A01",
        Sector.GOVERNMENT_PROCUREMENT: "D01",
        Sector.SOE_PROCUREMENT: "G01",
        Sector.PROPERTY_MANAGEMENT: "G02",
        Sector.LAND: "B01",
    }
)
"""The class at the head of a project's code (发改办法规〔2018〕1156号)."""


class Switch(StrEnum):
    """What a profile turns on or chooses."""

    PREQUALIFICATION = "PREQUALIFICATION"
    INVITATION = "INVITATION"
    TWO_STAGE = "TWO_STAGE"
    SEALED = "SEALED"
    """Bids are sealed in the browser and opened by bidder and officers together."""
    ROOM = "ROOM"
    """The price is found in a live room."""
    ROUNDS = "ROUNDS"
    """Several rounds of offers; the last counts."""
    FRAMEWORK = "FRAMEWORK"
    FILING = "FILING"
    """The notice is filed with an authority before it is published."""
    LIVE_DEFENCE = "LIVE_DEFENCE"
    OWN_EXPERTS = "OWN_EXPERTS"
    OWNERS_VOTE = "OWNERS_VOTE"
    AWARD_SEPARATION = "AWARD_SEPARATION"
    CONSORTIUM = "CONSORTIUM"
    SME_RESERVATION = "SME_RESERVATION"
    SME_DEDUCTION = "SME_DEDUCTION"
    DOMESTIC_PREFERENCE = "DOMESTIC_PREFERENCE"
    SAME_BRAND_ONCE = "SAME_BRAND_ONCE"
    FACE_SIGN_IN = "FACE_SIGN_IN"
    BLIND_VOLUMES = "BLIND_VOLUMES"
    BOND = "BOND"
    CEILING = "CEILING"
    """A ceiling price must be stated."""
    ALTERNATIVE_CEILINGS = "ALTERNATIVE_CEILINGS"
    OBJECTION_STOPS_CLOCK = "OBJECTION_STOPS_CLOCK"
    ENCRYPTION = "ENCRYPTION"
    BUDGET_LINK = "BUDGET_LINK"
    """A plan with its budget stands behind every tender."""
    PRICE_KINDS = "PRICE_KINDS"
    BOND_BACK = "BOND_BACK"
    """When the bonds of those who did not win go back: CONTRACT with the winner's, AWARD_NOTICE before it."""
    EXPERT_OPINIONS = "EXPERT_OPINIONS"
    """The notice of a single source states its case in the law, and the opinions of experts (财政部令第74号 第38条)."""
    DISPOSAL = "DISPOSAL"
    """How a right passes: GRANT 出让 by the state, TRANSFER 转让 by who holds it."""
    RESERVE = "RESERVE"
    """A right may be granted with a secret reserve 标底, which is read out with the bids; no award is below it."""
    FEWER_AFTER_REVIEW = "FEWER_AFTER_REVIEW"
    """FAILS: fewer than the minimum after review ends the tender; COMPETITION: it goes on while competition remains."""


FLAG = ("true", "false")

CHOICES: Mapping[Switch, tuple[str, ...]] = MappingProxyType(
    {
        Switch.PREQUALIFICATION: ("NONE", "QUALIFIED", "LIMITED"),
        Switch.ENCRYPTION: ("AND", "OFFICERS"),
        Switch.PRICE_KINDS: ("AMOUNT", "DISCOUNT_RATE", "BOTH"),
        Switch.BOND_BACK: ("CONTRACT", "AWARD_NOTICE"),
        Switch.DISPOSAL: ("GRANT", "TRANSFER"),
        Switch.FEWER_AFTER_REVIEW: ("FAILS", "COMPETITION"),
    }
)
"""Switches with more than on and off; the first choice stands where a profile is silent. All others are off then."""

SWITCH_LABELS: Mapping[Switch, str] = MappingProxyType(
    {
        Switch.PREQUALIFICATION: gettext_noop("Prequalification"),
        Switch.INVITATION: gettext_noop("Bidders are invited"),
        Switch.TWO_STAGE: gettext_noop("Two stages"),
        Switch.SEALED: gettext_noop("Sealed bids"),
        Switch.ROOM: gettext_noop("Price by a live room"),
        Switch.ROUNDS: gettext_noop("Rounds of offers"),
        Switch.FRAMEWORK: gettext_noop("Framework with call-offs"),
        Switch.FILING: gettext_noop("Filed before the notice"),
        Switch.LIVE_DEFENCE: gettext_noop("Live defence"),
        Switch.OWN_EXPERTS: gettext_noop("Expert list of its own"),
        Switch.OWNERS_VOTE: gettext_noop("Owners vote"),
        Switch.AWARD_SEPARATION: gettext_noop("Award apart from evaluation"),
        Switch.CONSORTIUM: gettext_noop("Consortia may bid"),
        Switch.SME_RESERVATION: gettext_noop("Reserved for small and medium enterprises"),
        Switch.SME_DEDUCTION: gettext_noop("Deduction for small enterprises"),
        Switch.DOMESTIC_PREFERENCE: gettext_noop("Preference for domestic products"),
        Switch.SAME_BRAND_ONCE: gettext_noop("Same brand counts once"),
        Switch.FACE_SIGN_IN: gettext_noop("Designated persons sign in by face"),
        Switch.BLIND_VOLUMES: gettext_noop("Blind volumes"),
        Switch.BOND: gettext_noop("Tender bond"),
        Switch.CEILING: gettext_noop("Ceiling price"),
        Switch.ALTERNATIVE_CEILINGS: gettext_noop("Alternative maxima"),
        Switch.OBJECTION_STOPS_CLOCK: gettext_noop("An objection stops the clock"),
        Switch.ENCRYPTION: gettext_noop("Who opens a bid: bidder and officers, or officers alone"),
        Switch.BUDGET_LINK: gettext_noop("Plan and budget behind it"),
        Switch.PRICE_KINDS: gettext_noop("Kinds of price"),
        Switch.BOND_BACK: gettext_noop("Bonds of those who did not win go back after"),
        Switch.EXPERT_OPINIONS: gettext_noop("Experts' opinions are published"),
        Switch.DISPOSAL: gettext_noop("How the right passes"),
        Switch.RESERVE: gettext_noop("Secret reserve, read out with the bids"),
        Switch.FEWER_AFTER_REVIEW: gettext_noop("Fewer than the minimum after review"),
    }
)


class OwnerKind(StrEnum):
    """As what the owner of a procedure acts, and is called."""

    TENDEREE = "TENDEREE"
    """招标人 (招标投标法 第8条)."""
    BUYER = "BUYER"
    """采购人 (政府采购法 第15条)."""
    GRANTOR = "GRANTOR"
    """出让人 (国土资源部令第39号)."""
    DEVELOPER = "DEVELOPER"
    """建设单位, where it engages a property manager without a tender (前期物业管理招标投标管理暂行办法 第3条)."""
    TRANSFEROR = "TRANSFEROR"
    """转让方 (企业国有资产交易监督管理办法)."""


OWNERS: Mapping[OwnerKind, str] = MappingProxyType(
    {
        OwnerKind.TENDEREE: "招标人",
        OwnerKind.BUYER: "采购人",
        OwnerKind.GRANTOR: "出让人",
        OwnerKind.DEVELOPER: "建设单位",
        OwnerKind.TRANSFEROR: "转让方",
    }
)
"""The word in papers and tender documents, which are Chinese."""
OWNER_LABELS: Mapping[OwnerKind, str] = MappingProxyType(
    {
        OwnerKind.TENDEREE: gettext_noop("Tenderee"),
        OwnerKind.BUYER: gettext_noop("Procuring entity"),
        OwnerKind.GRANTOR: gettext_noop("Grantor of the right"),
        OwnerKind.DEVELOPER: gettext_noop("Developer"),
        OwnerKind.TRANSFEROR: gettext_noop("Transferor of the right"),
    }
)
OWNER_OR_AGENT: Mapping[OwnerKind, str] = MappingProxyType(
    {
        OwnerKind.TENDEREE: gettext_noop("Tenderee or its agent"),
        OwnerKind.BUYER: gettext_noop("Procuring entity or its agent"),
        OwnerKind.GRANTOR: gettext_noop("Grantor of the right or its agent"),
        OwnerKind.DEVELOPER: gettext_noop("Developer or its agent"),
        OwnerKind.TRANSFEROR: gettext_noop("Transferor of the right or its agent"),
    }
)


class Bound(StrEnum):
    """Which way a number protects."""

    AT_LEAST = "AT_LEAST"
    AT_MOST = "AT_MOST"


class LimitName(StrEnum):
    """The time limits of a procedure."""

    FILING = "FILING"
    NOTICE = "NOTICE"
    DOCUMENT_SALE = "DOCUMENT_SALE"
    PREQUALIFICATION_APPLICATION = "PREQUALIFICATION_APPLICATION"
    BID_PERIOD = "BID_PERIOD"
    CLARIFICATION = "CLARIFICATION"
    PREQUALIFICATION_CLARIFICATION = "PREQUALIFICATION_CLARIFICATION"
    OBJECTION_DOCUMENTS = "OBJECTION_DOCUMENTS"
    OBJECTION_PREQUALIFICATION = "OBJECTION_PREQUALIFICATION"
    OBJECTION_ANSWER = "OBJECTION_ANSWER"
    OBJECTION_RESULT = "OBJECTION_RESULT"
    DECRYPTION = "DECRYPTION"
    REPORT_TO_OWNER = "REPORT_TO_OWNER"
    CANDIDATES_WITHIN = "CANDIDATES_WITHIN"
    CANDIDATES_SHOWN = "CANDIDATES_SHOWN"
    AWARD_WITHIN = "AWARD_WITHIN"
    AWARD_ANNOUNCED = "AWARD_ANNOUNCED"
    CONTRACT = "CONTRACT"
    CONTRACT_REPORT = "CONTRACT_REPORT"
    BOND_REFUND = "BOND_REFUND"


_L, _B = LimitName, Bound

LIMITS: Mapping[LimitName, tuple[Bound, str]] = MappingProxyType(
    {
        _L.FILING: (_B.AT_LEAST, gettext_noop("Filing before the notice")),
        _L.NOTICE: (_B.AT_LEAST, gettext_noop("Length of the notice")),
        _L.DOCUMENT_SALE: (_B.AT_LEAST, gettext_noop("Documents can be taken")),
        _L.PREQUALIFICATION_APPLICATION: (_B.AT_LEAST, gettext_noop("Application for prequalification")),
        _L.BID_PERIOD: (_B.AT_LEAST, gettext_noop("From the documents to the bid deadline")),
        _L.CLARIFICATION: (_B.AT_LEAST, gettext_noop("Clarification before the bid deadline")),
        _L.PREQUALIFICATION_CLARIFICATION: (_B.AT_LEAST, gettext_noop("Clarification before the applications end")),
        _L.OBJECTION_DOCUMENTS: (_B.AT_MOST, gettext_noop("Objection to the documents, before the bid deadline")),
        _L.OBJECTION_PREQUALIFICATION: (_B.AT_MOST, gettext_noop("Objection to prequalification, before its end")),
        _L.OBJECTION_ANSWER: (_B.AT_MOST, gettext_noop("Answer to an objection")),
        _L.OBJECTION_RESULT: (_B.AT_LEAST, gettext_noop("Objection to the result")),
        _L.DECRYPTION: (_B.AT_LEAST, gettext_noop("Time for decrypting")),
        _L.REPORT_TO_OWNER: (_B.AT_MOST, gettext_noop("Report to the buyer")),
        _L.CANDIDATES_WITHIN: (_B.AT_MOST, gettext_noop("Candidates published after the report")),
        _L.CANDIDATES_SHOWN: (_B.AT_LEAST, gettext_noop("Candidates shown")),
        _L.AWARD_WITHIN: (_B.AT_MOST, gettext_noop("Winner chosen after the report")),
        _L.AWARD_ANNOUNCED: (_B.AT_MOST, gettext_noop("Award announced")),
        _L.CONTRACT: (_B.AT_MOST, gettext_noop("Contract after the award letter")),
        _L.CONTRACT_REPORT: (_B.AT_MOST, gettext_noop("Report to the authority")),
        _L.BOND_REFUND: (_B.AT_MOST, gettext_noop("Bonds given back")),
    }
)


class ThresholdName(StrEnum):
    """The numbers of a procedure that are no time limits. Shares are fractions, amounts are yuan."""

    BIDDERS_MINIMUM = "BIDDERS_MINIMUM"
    BIDDERS_AFTER_REVIEW = "BIDDERS_AFTER_REVIEW"
    INVITED_MINIMUM = "INVITED_MINIMUM"
    QUALIFIED_MAXIMUM = "QUALIFIED_MAXIMUM"
    BOND_SHARE = "BOND_SHARE"
    BOND_CAP = "BOND_CAP"
    BOND_LEAST = "BOND_LEAST"
    PERFORMANCE_SHARE = "PERFORMANCE_SHARE"
    CANDIDATES_MAXIMUM = "CANDIDATES_MAXIMUM"
    COMMITTEE_MINIMUM = "COMMITTEE_MINIMUM"
    EXPERT_SHARE = "EXPERT_SHARE"
    PRICE_WEIGHT_MINIMUM = "PRICE_WEIGHT_MINIMUM"
    SME_DEDUCTION = "SME_DEDUCTION"
    SME_RESERVED_SHARE = "SME_RESERVED_SHARE"
    DOMESTIC_PREFERENCE = "DOMESTIC_PREFERENCE"
    COMPULSORY_FROM = "COMPULSORY_FROM"
    ADDITION_SHARE = "ADDITION_SHARE"
    FRAMEWORK_YEARS = "FRAMEWORK_YEARS"
    YEARS_RESIDENTIAL = "YEARS_RESIDENTIAL"
    YEARS_INDUSTRIAL = "YEARS_INDUSTRIAL"
    YEARS_PUBLIC = "YEARS_PUBLIC"
    YEARS_COMMERCIAL = "YEARS_COMMERCIAL"
    YEARS_MIXED = "YEARS_MIXED"
    YEARS_OTHER = "YEARS_OTHER"


_T = ThresholdName

THRESHOLDS: Mapping[ThresholdName, tuple[Bound, str]] = MappingProxyType(
    {
        _T.BIDDERS_MINIMUM: (_B.AT_LEAST, gettext_noop("Bidders needed at the opening")),
        _T.BIDDERS_AFTER_REVIEW: (_B.AT_LEAST, gettext_noop("Valid bids needed after review")),
        _T.INVITED_MINIMUM: (_B.AT_LEAST, gettext_noop("Bidders to invite")),
        _T.QUALIFIED_MAXIMUM: (_B.AT_LEAST, gettext_noop("Applicants taken when their number is limited")),
        _T.BOND_SHARE: (_B.AT_MOST, gettext_noop("Tender bond as a share of the estimate")),
        _T.BOND_CAP: (_B.AT_MOST, gettext_noop("Tender bond at most, yuan")),
        _T.BOND_LEAST: (_B.AT_LEAST, gettext_noop("Tender bond at least, as a share of the start price")),
        _T.PERFORMANCE_SHARE: (_B.AT_MOST, gettext_noop("Performance security as a share of the contract")),
        _T.CANDIDATES_MAXIMUM: (_B.AT_MOST, gettext_noop("Award candidates at most")),
        _T.COMMITTEE_MINIMUM: (_B.AT_LEAST, gettext_noop("Members of the committee")),
        _T.EXPERT_SHARE: (_B.AT_LEAST, gettext_noop("Share of experts in the committee")),
        _T.PRICE_WEIGHT_MINIMUM: (_B.AT_LEAST, gettext_noop("Weight of the price")),
        _T.SME_DEDUCTION: (_B.AT_LEAST, gettext_noop("Deduction for small enterprises")),
        _T.SME_RESERVED_SHARE: (_B.AT_LEAST, gettext_noop("Share reserved for small and medium enterprises")),
        _T.DOMESTIC_PREFERENCE: (_B.AT_LEAST, gettext_noop("Preference for domestic products")),
        _T.COMPULSORY_FROM: (_B.AT_MOST, gettext_noop("A tender is compulsory from, yuan")),
        _T.ADDITION_SHARE: (_B.AT_MOST, gettext_noop("Additions from the first supplier as a share of the contract")),
        _T.FRAMEWORK_YEARS: (_B.AT_MOST, gettext_noop("Years of a framework")),
        _T.YEARS_RESIDENTIAL: (_B.AT_MOST, gettext_noop("Years of residential land")),
        _T.YEARS_INDUSTRIAL: (_B.AT_MOST, gettext_noop("Years of industrial land")),
        _T.YEARS_PUBLIC: (_B.AT_MOST, gettext_noop("Years of land for education, science, culture, health or sports")),
        _T.YEARS_COMMERCIAL: (_B.AT_MOST, gettext_noop("Years of land for commerce, tourism or entertainment")),
        _T.YEARS_MIXED: (_B.AT_MOST, gettext_noop("Years of mixed or other land")),
        _T.YEARS_OTHER: (_B.AT_MOST, gettext_noop("Years of another right")),
    }
)

FORMULAS: Mapping[str, str] = MappingProxyType(
    {
        "trimmed_mean": gettext_noop("Trimmed mean"),
        "floating": gettext_noop("Trimmed mean with a drawn float"),
        "weighted": gettext_noop("Ceiling and mean, weighted"),
        "second_mean": gettext_noop("Second mean"),
        "low_price_first": gettext_noop("Lowest price scores full"),
        "lowest_evaluated": gettext_noop("Lowest evaluated price"),
        "reviewed_lowest": gettext_noop("Lowest price after conversion, not below cost"),
        "quality_weighted": gettext_noop("Quality-weighted price"),
        "life_cycle_cost": gettext_noop("Life-cycle cost"),
        "energy_performance": gettext_noop("Energy performance (net present value)"),
        "highest_price": gettext_noop("Highest price scores full"),
        "none": gettext_noop("No price score"),
    }
)
"""The price formulas that a profile may offer; all but the last are those of `bidding.scoring`."""


def is_weaker(bound: Bound, *, before: Decimal, after: Decimal) -> bool:
    """Whether `after` protects less than `before`."""
    return after < before if bound is Bound.AT_LEAST else after > before
