"""Which files are let in: by content, and by a name that belongs to it."""

import io
import zipfile

import pytest

from shiftline.messaging.errors import FileRefused
from shiftline.messaging.model import LARGEST_FILE, LONGEST_NAME
from shiftline.messaging.rules.files import check_file

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def office(*names: str) -> bytes:
    """A zip with empty members of these names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", PNG, "image/png"),
        ("A.JPG", b"\xff\xd8\xff\xe0 rest", "image/jpeg"),
        ("a.gif", b"GIF89a...", "image/gif"),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        ("a.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("Gr\u00fc\u00dfe.txt", "Gr\u00fc\u00dfe\r\n\tdavon".encode(), "text/plain"),
        ("rows.csv", b"a,b\n1,2\n", "text/plain"),
        ("letter.docx", office("[Content_Types].xml", "word/document.xml"), DOCX),
    ],
)
def test_what_is_let_in(name: str, content: bytes, kind: str) -> None:
    assert check_file(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"", "attachment.empty"),
        ("a.png", PNG + bytes(LARGEST_FILE), "attachment.too.large"),
        ("a.exe", b"MZ\x90\0\x03", "attachment.type.refused"),
        ("a.png", b"MZ\x90\0\x03", "attachment.type.refused"),
        ("a.html", b"<!DOCTYPE html><script>alert(1)</script>", "attachment.type.refused"),
        ("a.txt", b"  <script>alert(1)</script>", "attachment.type.refused"),
        ("a.svg", b"<svg onload='x'/>", "attachment.type.refused"),
        ("a.txt", b"#!/bin/sh\n", "attachment.type.refused"),
        ("a.txt", b"latin \xe4", "attachment.type.refused"),
        ("a.zip", office("x.txt"), "attachment.type.refused"),
        ("a.docx", b"PK\x03\x04 torn", "attachment.type.refused"),
        (
            "a.docx",
            office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
            "attachment.type.refused",
        ),
        ("a.pdf", PNG, "attachment.name.differs"),
        ("a.png.exe", PNG, "attachment.name.differs"),
        ("png", PNG, "attachment.name.differs"),
        ("../a.png", PNG, "attachment.name.refused"),
        ("..", PNG, "attachment.name.refused"),
        ("a\n.png", PNG, "attachment.name.refused"),
        ("a\u202egnp.exe.png", PNG, "attachment.name.refused"),
        ("a" * LONGEST_NAME + ".png", PNG, "attachment.name.refused"),
    ],
)
def test_what_is_refused_and_why(name: str, content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        check_file(name, content)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")
