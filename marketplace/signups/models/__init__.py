from marketplace.signups.models.signup import SignUp, Subscription, reference_of

__all__ = ["SignUp", "Subscription", "reference_of"]
