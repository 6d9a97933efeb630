"""XLSX: an archive of XML parts, without macros."""

from collections.abc import Mapping
from typing import Any, BinaryIO, cast

from commons.uploads.checks import archives, markup
from commons.uploads.domain import UploadUnreadable, WorkbookWithMacros

_PARTS = {"[Content_Types].xml", "xl/workbook.xml"}


def look(file: BinaryIO, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Names, count and bytes of the parts. Raises what archives and XML are refused for, and `WorkbookWithMacros`."""
    facts = archives.look(file, {})
    with archives.opened(file) as archive:
        names = set(archive.namelist())
        if not names >= _PARTS:
            raise UploadUnreadable()
        if any(
            name.lower().endswith((".bin", ".exe", ".dll")) and "printersettings" not in name.lower() for name in names
        ):
            raise WorkbookWithMacros()
        for name in names:
            if name.endswith((".xml", ".rels")):
                with archive.open(name) as part:
                    markup.look(cast(BinaryIO, part), {})
    return facts
