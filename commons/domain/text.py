"""Marking of translatable text in code that must not know Django."""


def gettext_noop(text: str) -> str:
    """Return `text` unchanged; the name tells `makemessages` to collect it.

    The domain writes English message ids; the edge (`portal.rendering`) translates them for the reader.
    """
    return text
