from commons.search.models.texts import SearchText

__all__ = ["SearchText"]
