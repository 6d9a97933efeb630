"""By which names an organisation is recognised in what should be blind."""

_FORMS = ("股份有限公司", "有限责任公司", "有限公司", "集团", "公司")
SHORTEST = 4


def recognisable(name: str, uscc: str) -> tuple[str, ...]:
    """Full name, code, and the name without its legal form where enough is left of it."""
    short = name
    for form in _FORMS:
        short = short.removesuffix(form)
    names = [name, uscc, *([short] if SHORTEST <= len(short) < len(name) else [])]
    return tuple(one for one in names if one)
