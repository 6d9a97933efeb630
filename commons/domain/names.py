"""Names of people where the public may not read them whole."""

COMPOUND = frozenset(
    ("欧阳", "司马", "上官", "诸葛", "司徒", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文")
) | frozenset(("司空", "端木", "百里", "东郭", "南宫", "西门", "独孤", "轩辕", "钟离", "闻人"))
"""Surnames of two characters."""


def masked_name(name: str) -> str:
    """The surname and 某某, however long the given name is; of a name in letters the first one and three stars."""
    bare = name.strip()
    if not bare or not "\u3400" <= bare[0] <= "\u9fff":
        return f"{bare[:1]}***"
    surname = bare[:2] if bare[:2] in COMPOUND and len(bare) > 2 else bare[:1]
    return f"{surname}某某"
