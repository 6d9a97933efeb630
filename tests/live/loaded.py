"""The platform loaded once, for all processes that are forked from the one that reads this: modules, models, addresses.

What depends on the environment is set anew in each process by `take_environment`, before its command runs.
"""

import os
import sys
import threading
from importlib import import_module, reload
from types import ModuleType

import tests.live.libraries  # noqa: F401  # first: what needs no settings

REACTOR = "daphne.server"
"""It makes an event loop on import, which no two processes may share: each process loads it for itself."""
SERVING = (
    "autobahn.twisted.websocket",
    "bidding.opening.endpoint",
    "channels.routing",
    "exchange.rooms.endpoint",
    "portal.pages",
    "portal.timekeeping",
    "signatures.envelopes.endpoint",
    "twisted.internet.asyncioreactor",
    "twisted.web.http",
)
"""What the servers load besides the applications and their addresses."""


def load() -> None:
    """Everything that `manage.py web` and `manage.py timekeeper` load, short of the server itself."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    sys.modules[REACTOR] = ModuleType(REACTOR)
    import django

    django.setup()
    from django.conf import settings
    from django.test import signals  # noqa: F401  # the receivers that forget what was made from a setting
    from django.urls import get_resolver

    get_resolver().reverse_dict  # noqa: B018  # reads every module of views
    for name in (*SERVING, *(path.rpartition(".")[0] for path in settings.MIDDLEWARE)):
        import_module(name)
    del sys.modules[REACTOR]
    assert "twisted.internet.reactor" not in sys.modules, "no two processes may share an event loop"
    assert threading.active_count() == 1, "a thread does not survive a fork"


def take_environment() -> None:
    """The settings as this process's environment has them."""
    from django.conf import settings
    from django.core.signals import setting_changed
    from django.db import connections

    before = dict(vars(sys.modules["portal.settings"]))
    after = vars(reload(sys.modules["portal.settings"]))
    for name in (name for name in after if name.isupper() and after[name] != before.get(name)):
        setattr(settings, name, after[name])
        if name != "DATABASES":  # the signal is not for it; what was made from it is dropped below
            setting_changed.send(sender=None, setting=name, value=after[name], enter=True)
    for connection in connections.all(initialized_only=True):
        assert connection.connection is None, "a connection is of one process alone"
        del connections[connection.alias]
    connections.settings = connections.configure_settings(None)


load()
