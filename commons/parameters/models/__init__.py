from commons.parameters.models.values import LegalityRule, ParameterValue

__all__ = ["LegalityRule", "ParameterValue"]
