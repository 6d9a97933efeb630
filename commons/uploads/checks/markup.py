"""XML: no definitions of its own, no bottomless nesting; the parser never looks a name up elsewhere."""

from collections.abc import Mapping
from typing import Any, BinaryIO
from xml.parsers import expat

from commons.uploads.domain import UploadUnreadable, XmlTooDeep, XmlWithDefinitions

DEEPEST = 200
_CHUNK = 256 * 1024


def look(file: BinaryIO, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The root element and the number of elements. Raises `XmlWithDefinitions`, `XmlTooDeep`, `UploadUnreadable`."""
    counter = _Counter()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_definitions
    parser.EntityDeclHandler = _refuse_definitions
    parser.ExternalEntityRefHandler = _refuse_definitions
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise UploadUnreadable() from None
    return {"root": counter.root, "elements": counter.count}


class _Counter:
    def __init__(self) -> None:
        self.root, self.count, self.depth = "", 0, 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.root = self.root or name
        self.count += 1
        self.depth += 1
        if self.depth > DEEPEST:
            raise XmlTooDeep()

    def end(self, name: str) -> None:
        self.depth -= 1


def _refuse_definitions(*unused: object) -> int:
    raise XmlWithDefinitions()
