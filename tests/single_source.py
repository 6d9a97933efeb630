"""What an owner publishes of the one supplier that it asks."""

from bidding.tenders.domain.single_source import Expert, Ground, Office, SingleSource

REASON = "专用设备的原厂维护，只能从该供应商处采购。"


def single_source() -> SingleSource:
    """All that is published of the one supplier that is asked."""
    return SingleSource(
        reason=REASON,
        ground=Ground.ONLY_SOURCE,
        supplier_address="佛山市禅城区季华五路8号",
        experts=(
            Expert("关敏", "佛山科学技术学院", "教授级高级工程师", "专利技术只有该供应商有权实施。"),
            Expert("莫言之", "佛山市计量所", "高级工程师", "接口协议不公开，其他供应商无法维护。"),
        ),
        owner_address="佛山市禅城区岭南大道12号",
        authority=Office("佛山市财政局政府采购监管科", "佛山市禅城区卫国路3号", "钱监", "0757-00000009"),
    )
