"""Tenders of the demo city by methods of their own kind: limited numbers, two stages, one supplier alone, land."""

from datetime import datetime, timedelta
from decimal import Decimal

from bidding.profiles.domain.vocabulary import Sector
from bidding.tenders import services as tenders
from bidding.tenders.domain.rights import AreaUnit, Right, RightUse
from bidding.tenders.domain.single_source import Expert, Ground, Office, SingleSource
from bidding.tenders.queries import published_tender
from portal.demo.cast import actor
from portal.demo.plans import BUILDERS, TenderPlan, publish

STATEMENTS = {
    "builder1": "市政公用工程施工总承包一级；近三年完成同类水处理工程四项。",
    "builder2": "市政公用工程施工总承包二级；近三年完成同类水处理工程两项。",
    "builder3": "市政公用工程施工总承包二级；正在施工的水处理工程一项。",
}


def build_methods(roster_id: int, *, at: datetime) -> None:
    """One of each, at the stage at which it differs from an open tender."""
    limited(roster_id, at)
    two_stages(roster_id, at)
    single_source(at)
    direct(at)
    land(roster_id, at)


def limited(roster_id: int, at: datetime) -> None:
    """Of those who qualify at most eight are invited; the applications are in and wait for the owner's judgement."""
    tender_id = publish(
        TenderPlan(
            title="西江引水工程（一期）输水管线施工",
            profile="WORKS_PREQUALIFIED_LIMITED",
            sector=Sector.WORKS,
            owner="tenderee",
            kind="WORKS",
            estimates=("218000000",),
            published_at=at - timedelta(days=15),
            deadline=at + timedelta(days=40),
            description="DN1800 输水管线约 11.6 公里，含顶管与附属构筑物。",
            roster_id=roster_id,
            award="trimmed_mean",
            bond_share=Decimal("0.003"),
            qualified_maximum=8,
        )
    )
    section_id = published_tender(tender_id).sections[0].section_id
    for hours, (key, words) in enumerate(STATEMENTS.items()):
        facts = tenders.ApplicationFacts(documents=(), statement=words)
        tenders.apply(actor=actor(key), section_id=section_id, facts=facts, at=at - timedelta(days=9, hours=hours))


def two_stages(roster_id: int, at: datetime) -> None:
    """Technical proposals without a price come in today; the price follows in the second stage."""
    tender_id = publish(
        TenderPlan(
            title="东平水道过江通道设计施工总承包",
            profile="WORKS_TWO_STAGE",
            sector=Sector.WORKS,
            owner="tenderee",
            kind="WORKS",
            estimates=("460000000",),
            published_at=at - timedelta(days=6),
            deadline=at + timedelta(days=60),
            description="先征求技术建议，据此编制第二阶段招标文件。",
            roster_id=roster_id,
            award="trimmed_mean",
            bond_share=Decimal("0.0015"),
        )
    )
    for key in BUILDERS:
        tenders.take_documents(actor=actor(key), tender_id=tender_id, at=at - timedelta(days=5))


def single_source(at: datetime) -> None:
    """One supplier alone can maintain the instruments: shown for objections now."""
    said = SingleSource(
        reason="学校现有示波与频谱实验平台由该供应商独家研制，校准软件和接口协议受专利保护，其他供应商无法维护和扩展。",
        ground=Ground.ONLY_SOURCE,
        supplier_address="佛山市三水区云东海大道18号",
        experts=(
            Expert("区仲文", "佛山科学技术学院", "教授", "校准软件的源代码和协议不公开，其他供应商不能完成升级。"),
            Expert("麦思齐", "佛山市质量计量监督检测中心", "正高级工程师", "原厂标准器是唯一可溯源的校准条件。"),
            Expert("黎可人", "广东省教育装备协会", "高级工程师", "更换平台的费用远高于本次升级，不具备替代性。"),
        ),
        owner_address="佛山市禅城区文华北路9号",
        authority=Office("佛山市财政局政府采购监管科", "佛山市禅城区卫国路3号", "钱监", "0757-00000009"),
    )
    publish(
        TenderPlan(
            title="物理实验平台原厂升级与维护",
            profile="GOV_SINGLE_SOURCE",
            sector=Sector.GOVERNMENT_PROCUREMENT,
            owner="purchaser",
            kind="SERVICES",
            estimates=("680000",),
            published_at=at - timedelta(days=2),
            deadline=at + timedelta(days=16),
            description="实验平台四十套的升级、校准与三年维护。",
            award="low_price_first",
            bond_share=Decimal(0),
            invited=("supplier1",),
            single_source=said,
        )
    )


def direct(at: datetime) -> None:
    """An enterprise buys directly, with its reason in public."""
    said = SingleSource(
        reason="沥青拌合楼控制系统为原厂专用，抢修配件只能由原厂供应，停机每日损失约十二万元。",
        supplier_address="佛山市顺德区大良街道新城区9号",
        owner_address="佛山市禅城区岭南大道12号",
    )
    publish(
        TenderPlan(
            title="沥青拌合楼控制系统抢修配件采购",
            profile="SOE_DIRECT",
            sector=Sector.SOE_PROCUREMENT,
            owner="tenderee",
            kind="GOODS",
            estimates=("360000",),
            published_at=at - timedelta(days=1),
            deadline=at + timedelta(days=9),
            description="控制柜主板两套、称重模块六只。",
            award="low_price_first",
            bond_share=Decimal(0),
            invited=("builder2",),
            single_source=said,
        )
    )


def land(roster_id: int, at: datetime) -> None:
    """The city grants industrial land, an enterprise transfers a right of its own: bids come in today."""
    for title, profile, owner, right, estimate, reserve in (
        (
            "禅城区张槎街道TD2026(CC)WG0007地块国有建设用地使用权出让",
            "LAND_OPEN",
            "grantor",
            Right(RightUse.INDUSTRIAL, Decimal("36520.18"), AreaUnit.M2, 50, Decimal(48_000_000)),
            "52600000",
            "50000000",
        ),
        (
            "夏南路仓储用地使用权转让",
            "LAND_TRANSFER",
            "tenderee",
            Right(RightUse.MIXED, Decimal("1.2847"), AreaUnit.HECTARE, 38, Decimal(21_500_000)),
            "23800000",
            "",
        ),
    ):
        publish(
            TenderPlan(
                title=title,
                profile=profile,
                sector=Sector.LAND,
                owner=owner,
                kind="RIGHTS",
                estimates=(estimate,),
                published_at=at - timedelta(days=8),
                deadline=at + timedelta(days=34),
                description="规划条件、开发时限和交地标准见公告附件。",
                roster_id=roster_id,
                award="highest_price",
                bond_share=Decimal("0.2"),
                right=right,
                reserve=reserve,
            )
        )
