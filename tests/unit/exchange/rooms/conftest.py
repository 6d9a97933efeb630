"""Properties of rooms are about results, not about speed: a busy machine must not fail them."""

from hypothesis import settings

settings.register_profile("rooms", deadline=None)
settings.load_profile("rooms")
