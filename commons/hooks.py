"""Foreign systems behind ports: which adapter answers is a setting, a dotted path to a class without arguments."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def adapter(name: str, port: type[object], *, embedded: str) -> Any:
    """The adapter of a port: the class that `settings.HOOKS[name]` names, else the embedded one.

    The adapter must have the methods of the port; one that has not is a mistake of the set-up, found on first use.
    """
    made = import_string(getattr(settings, "HOOKS", {}).get(name, embedded))()
    missing = [method for method in _methods(port) if not callable(getattr(made, method, None))]
    assert not missing, f"{type(made).__name__} cannot answer for {name}: it lacks {', '.join(missing)}"
    return made


def _methods(port: type[object]) -> list[str]:
    return [name for name, member in vars(port).items() if callable(member) and not name.startswith("_")]
