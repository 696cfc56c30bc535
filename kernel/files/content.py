"""What bytes are, decided by the bytes: the name and the type a sender claims decide nothing (8.1.4.4 d)."""

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from kernel.errors import UnsupportedContent

HEAD: Final = 2048
"""Bytes from the beginning that say what a file is."""

MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"SCPECG", "application/x-scp-ecg"),
    (b"0       ", "application/x-edf"),
    (b"{", "application/json"),
    (b"[", "application/json"),
)
PROGRAMS: Final[tuple[bytes, ...]] = (
    b"MZ",  # Windows
    b"\x7fELF",  # Linux
    b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe",  # macOS
    b"\xca\xfe\xba\xbe",  # Java, macOS
    b"#!",  # scripts
    b"dex\n",  # Android
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # Office before 2007: may hold macros
    b"L\x00\x00\x00\x01\x14\x02\x00",  # Windows shortcut
)  # fmt: skip
MACROS: Final = re.compile(rb"vbaProject\.bin|META-INF/MANIFEST\.MF|classes\.dex", re.IGNORECASE)
"""Names near the beginning of a ZIP that is an Office file with macros, a Java or an Android program."""
PAGE: Final = re.compile(rb"<\s*(!doctype\s+html|html|script|svg|iframe|body|head)\b|<\?php", re.IGNORECASE)
"""Text a browser would run."""
SPACE: Final = b" \t\r\n\x00"
MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class Dangerous(UnsupportedContent):
    """The bytes are a program or a page that a browser would run (415, code `dangerous_content`)."""

    code = "dangerous_content"
    message = _("This file is a program or a web page, whatever its name says. It is not taken.")


def kind_of(head: bytes) -> str:
    """The media type the first bytes show; `application/octet-stream` where they show none."""
    if head[128:132] == b"DICM":
        return "application/dicom"
    for magic, kind in MAGIC:
        if head.startswith(magic):
            return kind
    text = _text(head)
    if text.startswith((b"<?xml", b"<")):
        return "text/html" if PAGE.search(text) else "application/xml"
    return "application/octet-stream"


def checked(head: bytes, claimed: str) -> str:
    """The media type to store the file under. Raises Dangerous for programs and for what a browser runs.

    A DICOM preamble is looked at like a beginning of its own: 128 free bytes are room enough for a program.
    """
    if head.startswith(PROGRAMS) or _text(head).startswith(PROGRAMS):
        raise Dangerous(detail={"found": "program"})
    found = kind_of(head)
    if found == "application/zip" and MACROS.search(head):
        raise Dangerous(detail={"found": "macros"})
    if found != "application/dicom" and PAGE.search(_text(head)):
        raise Dangerous(detail={"found": "page"})
    return claimed[:100] if found == "application/octet-stream" else found


def _text(head: bytes) -> bytes:
    """The beginning as a browser would read it: without byte order mark, leading space and the zeroes of UTF-16."""
    for mark in MARKS:
        if head.startswith(mark):
            return head[len(mark) :].replace(b"\0", b"").lstrip(SPACE)
    return head.lstrip(SPACE)
