"""Small PDFs with words on their pages."""

from io import BytesIO

import pikepdf


def with_text(words: str) -> bytes:
    """One page that says `words` in a standard font."""
    with pikepdf.new() as document, BytesIO() as target:
        page = document.add_blank_page()
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=document.make_indirect(font)))
        page.obj.Contents = document.make_stream(f"BT /F1 24 Tf 72 700 Td ({words}) Tj ET".encode())
        document.save(target)
        return target.getvalue()
