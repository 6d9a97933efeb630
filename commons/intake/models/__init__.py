from commons.intake.models.cases import IntakeCase, IntakeReturn

__all__ = ["IntakeCase", "IntakeReturn"]
