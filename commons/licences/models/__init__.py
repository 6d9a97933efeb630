from commons.licences.models.library import LicenceRecord

__all__ = ["LicenceRecord"]
