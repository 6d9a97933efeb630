from marketplace.signups.models.signup import SignUp, Subscription

__all__ = ["SignUp", "Subscription"]
