"""The catalogue of the demo supermarket: qualifications with their grades, and the service items."""

from dataclasses import dataclass
from decimal import Decimal

from marketplace.catalogue import services as catalogues
from marketplace.catalogue.domain.items import ItemFacts, Matter, PriceGuidance
from marketplace.catalogue.domain.requirements import parse
from portal.demo.cast import CLERK, LONG_AGO

GRADES = ("甲级", "乙级", "丙级")
QUALIFICATIONS = {
    "SURVEY": ("测绘资质", GRADES[:2]),
    "COST": ("工程造价咨询资质", GRADES[:2]),
    "CONSULT": ("工程咨询资信", GRADES[:2]),
    "SUPERVISE": ("工程监理资质", GRADES),
    "EIA": ("环境影响评价信用平台登记", ()),
    "WATER": ("水土保持方案编制水平评价", ("五星", "四星", "三星")),
    "FIRE": ("消防设施检测资格", ()),
    "LIGHTNING": ("雷电防护装置检测资质", GRADES[:2]),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the demo catalogue."""

    code: str
    name: str
    kind: str
    requirement: str
    matter: Matter
    basis: str
    high: str | None = None


CATALOGUE = (
    Line(
        "ZJ-A-001",
        "环境影响报告书编制",
        "环保服务",
        "EIA",
        Matter("SP-0101", "建设项目环境影响评价文件审批", "市生态环境局"),
        "环境影响评价法第十六条、第十九条",
        "350000",
    ),
    Line(
        "ZJ-A-002",
        "水土保持方案编制",
        "水利服务",
        "WATER@3",
        Matter("SP-0201", "生产建设项目水土保持方案审批", "市水利局"),
        "水土保持法第二十五条",
        "120000",
    ),
    Line(
        "ZJ-B-001",
        "建设工程规划放线测量",
        "测绘服务",
        "SURVEY@2",
        Matter("SP-0301", "建设工程规划许可证核发", "市自然资源局"),
        "城乡规划法第四十条；测绘法第二十七条",
        "80000",
    ),
    Line(
        "ZJ-B-002",
        "房产面积测绘",
        "测绘服务",
        "SURVEY@2",
        Matter("SP-0302", "不动产首次登记", "市自然资源局"),
        "不动产登记暂行条例第十六条",
    ),
    Line(
        "ZJ-C-001",
        "工程造价咨询",
        "工程咨询",
        "COST@2",
        Matter("SP-0401", "政府投资项目概算审批", "市发展改革局"),
        "政府投资条例第十条",
        "260000",
    ),
    Line(
        "ZJ-C-002",
        "可行性研究报告编制",
        "工程咨询",
        "CONSULT@2",
        Matter("SP-0402", "政府投资项目可行性研究报告审批", "市发展改革局"),
        "政府投资条例第九条",
        "400000",
    ),
    Line(
        "ZJ-C-003",
        "项目可行性研究报告评估",
        "工程咨询",
        "CONSULT@1 & (COST | SUPERVISE@2)",
        Matter("SP-0402", "政府投资项目可行性研究报告审批", "市发展改革局"),
        "政府投资条例第十一条",
    ),
    Line(
        "ZJ-D-001",
        "施工监理",
        "工程监理",
        "SUPERVISE@2",
        Matter("SP-0501", "建筑工程施工许可证核发", "市住房城乡建设局"),
        "建筑法第三十条",
        "600000",
    ),
    Line(
        "ZJ-E-001",
        "消防设施检测",
        "检测服务",
        "FIRE",
        Matter("SP-0601", "建设工程消防验收", "市住房城乡建设局"),
        "消防法第十三条、第三十四条",
    ),
    Line(
        "ZJ-E-002",
        "雷电防护装置检测",
        "检测服务",
        "LIGHTNING@2",
        Matter("SP-0602", "雷电防护装置竣工验收", "市气象局"),
        "气象灾害防御条例第二十四条",
    ),
    Line("ZJ-F-001", "资产评估", "评估服务", "", Matter("SP-0701", "国有资产处置核准", "市财政局"), "资产评估法第三条"),
)


def enter() -> dict[str, int]:
    """Qualifications and items; the items by their codes."""
    for code, (name, grades) in QUALIFICATIONS.items():
        catalogues.enter_qualification(actor=CLERK, code=code, name=name, grades=grades, at=LONG_AGO)
    return {line.code: catalogues.enter_item(actor=CLERK, facts=_item(line), at=LONG_AGO) for line in CATALOGUE}


def _item(line: Line) -> ItemFacts:
    price = (
        PriceGuidance(high=Decimal(line.high), basis="佛山市中介服务收费参考（示范）") if line.high else PriceGuidance()
    )
    return ItemFacts(
        code=line.code,
        name=line.name,
        service_type=line.kind,
        legal_basis=line.basis,
        requirement=parse(line.requirement),
        matters=(line.matter,),
        price=price,
    )
