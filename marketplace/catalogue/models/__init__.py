from marketplace.catalogue.models.items import ItemMatter, QualificationKind, ServiceItem

__all__ = ["ItemMatter", "QualificationKind", "ServiceItem"]
