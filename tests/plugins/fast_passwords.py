"""Passwords of the cast are hashed by a cheap method: the real one takes a third of a second a person, on purpose."""

from django.conf import settings


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
