"""Clauses that shut bidders out: what a machine can see of them, each with its article 公平竞争审查.

A hit is no verdict. The owner changes the clause or answers in public why it must stand; the answer is published with
the notice (招标投标法 第18条, 第20条; 实施条例 第32条; 优化营商环境条例 第13条).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bidding.tenders.domain.document import TenderDocument
from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


class FindingsUnanswered(Refusal):
    code = "FINDINGS_UNANSWERED"
    message = gettext_noop(
        "%(count)s clauses look discriminatory. Change them, or answer in public why each of them must stand."
    )


@dataclass(frozen=True, slots=True)
class ClauseRule:
    """A pattern that excludes without need, in words, with its article."""

    code: str
    label: str
    article: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a rule strikes: the place in the document and the words."""

    rule: str
    place: str
    quote: str
    article: str


def _rule(code: str, label: str, article: str, pattern: str) -> ClauseRule:
    return ClauseRule(code, label, article, re.compile(pattern))


ORDINANCE = "招标投标法实施条例第三十二条"
SME = "政府采购促进中小企业发展管理办法第五条"
RULES: tuple[ClauseRule, ...] = (
    _rule(
        "LOCAL_SEAT",
        gettext_noop("a seat, branch or registration in a place"),
        f"{ORDINANCE}第二款第（五）项；优化营商环境条例第十三条",
        r"(须|应|必须|需|要求)[^。;；]{0,12}(在|于)?(本市|本省|本地|本区|当地|佛山|广东)[^。;；]{0,12}"
        r"(注册|登记|设立|分公司|分支机构|纳税|缴纳社保|办公场所)",
    ),
    _rule(
        "LOCAL_RECORD",
        gettext_noop("performance or awards of one region or trade only"),
        f"{ORDINANCE}第二款第（四）项",
        r"(本市|本省|本地|本区|当地|佛山市|广东省|本行业|特定行业)[^。;；]{0,8}(业绩|奖项|获奖|荣誉)",
    ),
    _rule(
        "NAMED_BRAND",
        gettext_noop("a named brand, patent, origin or supplier"),
        f"{ORDINANCE}第二款第（六）项；招标投标法第二十条",
        r"(指定|限定|必须采用|须采用|须使用|限)[^。;；]{0,10}(品牌|商标|专利|原产地|生产商|供应商|型号)",
    ),
    _rule(
        "OWNERSHIP",
        gettext_noop("a form of ownership or of organisation"),
        f"{ORDINANCE}第二款第（六）项；优化营商环境条例第六条",
        r"(须|应|必须|仅限|限)[^。;；]{0,8}(国有企业|国有独资|上市公司|外资|民营企业|内资)",
    ),
    _rule(
        "SIZE",
        gettext_noop("capital, turnover, staff, profit or taxes as a condition"),
        f"{ORDINANCE}第二款第（二）项；{SME}",
        r"(注册资本|注册资金|资产总额|营业收入|从业人员|利润|纳税额)[^。;；]{0,12}(不低于|不少于|以上|达到|超过|不小于)",
    ),
    _rule(
        "CANCELLED_TITLE",
        gettext_noop("a title or qualification that the State Council has abolished, or an irrelevant award"),
        f"{ORDINANCE}第二款第（二）项；国发〔2014〕5号等取消的资质资格",
        r"(物业服务企业资质|守合同重信用|AAA级信用|著名商标|名牌产品|园林绿化[^。;；]{0,6}资质)",
    ),
    _rule(
        "YEARS_OLD",
        gettext_noop("a number of years since founding"),
        SME,
        r"(成立|注册|经营|存续)[^。;；]{0,6}(满|不少于|不低于|超过)?[一二三四五六七八九十0-9]{1,2}年(以上|及以上)?",
    ),
    _rule(
        "LOWEST_PRICE_FLOOR",
        gettext_noop("a minimum price"),
        "招标投标法实施条例第二十七条：招标人不得规定最低投标限价",
        r"最低(投标)?限价|报价不得低于",
    ),
)


def find(document: TenderDocument) -> tuple[Finding, ...]:
    """Every clause and criterion that a rule strikes, in the order of the document."""
    return tuple(
        Finding(rule.code, place, match[0][:200], rule.article)
        for place, text in _passages(document)
        for rule in RULES
        if (match := rule.pattern.search(text))
    )


def label_of(code: str) -> str:
    """What a rule looks for, as a message id."""
    return next((rule.label for rule in RULES if rule.code == code), code)


def _passages(document: TenderDocument) -> Iterable[tuple[str, str]]:
    for clause in document.clauses:
        yield f"{clause.chapter} {clause.number}", clause.text
    for criterion in document.scoring:
        yield f"SCORING {criterion.code}", f"{criterion.title} {criterion.standard}"
