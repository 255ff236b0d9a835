"""Which files are let in: by what they are, not by what they are called. Pure.

A file's type is told by its first bytes, and for text by all of them; its name must belong to that type. What is not known
here is refused, and so is what carries programs.
"""

import io
import zipfile
from collections.abc import Mapping

from shiftline.foundation.errors import Problem
from shiftline.messaging.errors import FileRefused
from shiftline.messaging.model import LARGEST_FILE, LONGEST_NAME

TYPES: Mapping[str, tuple[str, ...]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg", "jfif"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "csv", "log", "md"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
}
"""What is let in, and how such files may be called."""

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
_OFFICE: Mapping[str, str] = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_MOST_MEMBERS = 5000
_UNPRINTABLE = frozenset(range(32)) - {9, 10, 12, 13}


def check_file(name: str, content: bytes) -> str:
    """The media type of a file that is let in. Raises FileRefused saying why not."""
    check_name(name)
    if not content:
        raise FileRefused(Problem("content", f"{name} is empty.", "attachment.empty"))
    if len(content) > LARGEST_FILE:
        sentence = f"{name} has {len(content)} bytes; at most {LARGEST_FILE} are let in. Send a smaller one, or a link."
        raise FileRefused(Problem("content", sentence, "attachment.too.large"))
    found = classify(content)
    if found is None:
        sentence = f"{name} is of no type that is let in: {', '.join(sorted(TYPES))}."
        raise FileRefused(Problem("content", sentence, "attachment.type.refused"))
    _, dot, ending = name.lower().rpartition(".")
    if not dot or ending not in TYPES[found]:
        endings = " or ".join(f".{each}" for each in TYPES[found])
        sentence = f"{name} is {found} by its content and must end in {endings}."
        raise FileRefused(Problem("name", sentence, "attachment.name.differs"))
    return found


def check_name(name: str) -> None:
    """Raises FileRefused for a name that is none."""
    wrong = set(name) & set('/\\"<>:|?*') or not name.isprintable()
    if not name.strip(". ") or len(name) > LONGEST_NAME or wrong:
        sentence = f"must be 1 to {LONGEST_NAME} characters without a path or control characters."
        raise FileRefused(Problem("name", sentence, "attachment.name.refused"))


def classify(content: bytes) -> str | None:
    """What a content is, of the types that are let in; None for any other."""
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK\x03\x04"):
        return _classify_office(content)
    return "text/plain" if _is_text(content) else None


def _classify_office(content: bytes) -> str | None:
    """An office document without programs in it; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {each.filename for each in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if len(names) > _MOST_MEMBERS or any(each.lower().endswith(("vbaproject.bin", ".exe", ".js")) for each in names):
        return None
    return next((kind for name, kind in _OFFICE.items() if name in names and "[Content_Types].xml" in names), None)


def _is_text(content: bytes) -> bool:
    if _UNPRINTABLE & set(content):
        return False
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    start = text.lstrip()[:200].lower()
    # A browser that guesses types would run these.
    return not start.startswith(("<!doctype", "<html", "<svg", "<script", "<?xml", "<?php", "#!"))
