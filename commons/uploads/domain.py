"""What is refused in a file from outside, and how much of it is looked at."""

from dataclasses import dataclass

from commons.domain.refusals import Refusal
from commons.domain.text import gettext_noop


@dataclass(frozen=True, slots=True)
class Cage:
    """What a look at a foreign file may cost. Reaching any limit ends the look, and the file is refused."""

    cpu_s: int = 5
    """Seconds of processor time, counted after the libraries are loaded."""
    memory_bytes: int = 512 * 2**20
    """Address space of the whole child process."""
    wall_s: float = 60.0
    """Seconds by the clock; a child that waits is killed too."""


class UploadUnsafe(Refusal):
    """A file that must not be opened. Subclasses say what is wrong with it."""

    code = "UPLOAD_UNSAFE"
    message = gettext_noop("The file cannot be taken. Save it anew from its program and hand in the new file.")
    status = 422


class UploadTooCostly(UploadUnsafe):
    """Looking at the file used up the time or the memory that a file gets."""

    code = "UPLOAD_TOO_COSTLY"
    message = gettext_noop("The file is too costly to check. Split it, or save it in a simpler form.")


class UploadUnreadable(UploadUnsafe):
    code = "UPLOAD_UNREADABLE"
    message = gettext_noop("The file is damaged or not what it calls itself. Save it anew and hand in the new file.")


class ArchiveTooLarge(UploadUnsafe):
    """More entries, bytes or a higher compression than any honest archive."""

    code = "ARCHIVE_TOO_LARGE"
    message = gettext_noop("The archive holds too many files, or unpacks to far more than it should. Split it.")


class ArchiveNested(UploadUnsafe):
    code = "ARCHIVE_NESTED"
    message = gettext_noop("The archive holds another archive. Put the files into one archive.")


class ArchiveOverlapping(UploadUnsafe):
    """Entries share bytes, or the directory contradicts the entries."""

    code = "ARCHIVE_OVERLAPPING"
    message = gettext_noop("The archive contradicts itself. Pack the files anew.")


class ArchiveEscapes(UploadUnsafe):
    """A name leads out of the folder it is unpacked into, or is a link."""

    code = "ARCHIVE_ESCAPES"
    message = gettext_noop("The archive holds a file name that leads out of its folder. Pack the files anew.")


class ArchiveLocked(UploadUnsafe):
    code = "ARCHIVE_LOCKED"
    message = gettext_noop("The file is protected by a password. Hand it in without one.")


class XmlWithDefinitions(UploadUnsafe):
    """A document type definition: the way to entities that grow without end or read other files."""

    code = "XML_WITH_DEFINITIONS"
    message = gettext_noop("The file holds XML with definitions of its own. Save it anew without a DOCTYPE.")


class XmlTooDeep(UploadUnsafe):
    code = "XML_TOO_DEEP"
    message = gettext_noop("The XML in the file is nested too deeply.")


class WorkbookWithMacros(UploadUnsafe):
    code = "WORKBOOK_WITH_MACROS"
    message = gettext_noop("The workbook holds macros. Save it as .xlsx without macros.")


class PictureTooLarge(UploadUnsafe):
    code = "PICTURE_TOO_LARGE"
    message = gettext_noop("The picture has more than %(most)s million points. Make it smaller.")


class PdfTooManyPages(UploadUnsafe):
    code = "PDF_TOO_MANY_PAGES"
    message = gettext_noop("The PDF has more than %(most)s pages. Split it.")


class PdfTooDeep(UploadUnsafe):
    code = "PDF_TOO_DEEP"
    message = gettext_noop("The PDF is nested too deeply. Print it into a new PDF and hand that in.")


class PdfActive(UploadUnsafe):
    """Scripts, programs to launch, forms of another format: nothing a paper needs."""

    code = "PDF_ACTIVE"
    message = gettext_noop("The PDF holds a script or starts a program (%(what)s). Print it into a new PDF.")


class CertificateTooLarge(UploadUnsafe):
    code = "CERTIFICATE_TOO_LARGE"
    message = gettext_noop("The certificate is larger than %(most)s kB, or comes with more than %(chain)s others.")
