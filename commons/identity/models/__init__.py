from commons.identity.models.register import RegisteredIdentity, Representation

__all__ = ["RegisteredIdentity", "Representation"]
