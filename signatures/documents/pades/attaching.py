"""Files that travel inside a PDF: what was signed beside it, and the signatures."""

from typing import Any

from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader

STATEMENT, STATEMENT_SIGNATURE = ".json", ".p7s"
MOST_FILES = 200
LARGEST_FILE = 1024 * 1024


def attached(reader: PdfFileReader) -> dict[str, bytes]:
    """The attached files of a signed record by their names; those that are no statements of ours are left out.

    Raises what the library raises for a file that is broken: the caller refuses it.
    """
    try:
        tree = reader.root["/Names"]["/EmbeddedFiles"]
    except (KeyError, TypeError, PdfReadError):
        return {}
    found: dict[str, bytes] = {}
    for name, file in _entries(tree, depth=0):
        if name.endswith((STATEMENT, STATEMENT_SIGNATURE)) and name not in found:
            content = file["/EF"]["/F"].data
            if len(found) >= MOST_FILES or len(content) > LARGEST_FILE:
                raise PdfReadError("more is attached than a record carries")
            found[name] = content
    return found


def _entries(node: Any, *, depth: int) -> "list[tuple[str, Any]]":
    """The leaves of a name tree (ISO 32000-2, 7.9.6): names and file specifications."""
    if depth > 8:
        raise PdfReadError("the tree of attached files is too deep")
    names, kids = _list(node, "/Names"), _list(node, "/Kids")
    here = [(str(names[place]), names[place + 1]) for place in range(0, len(names) - 1, 2)]
    below = [one for place in range(len(kids)) for one in _entries(kids[place], depth=depth + 1)]
    return here + below


def _list(node: Any, key: str) -> Any:
    """The array under the key; `get` of the library would not follow a reference."""
    return node[key] if key in node.keys() else ()  # noqa: SIM118
