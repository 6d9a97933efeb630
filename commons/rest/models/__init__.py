from commons.rest.models.answers import AnsweredRequest

__all__ = ["AnsweredRequest"]
