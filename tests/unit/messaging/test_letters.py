"""E-mail as it is read: what it says, and hostile mail, which is refused with a sentence and never harms."""

import contextlib
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shiftline.messaging.errors import MailRefused
from shiftline.messaging.model import LARGEST_MAIL, MOST_FILES, Mail, MailAddress
from shiftline.messaging.rules.mail import MOST_PARTS, read_letter
from shiftline.messaging.rules.replies import chain_references, compose, subject_of

HEAD = b"From: Zo\xc3\xab <zoe@example.org>\r\nTo: support@northwind.example\r\nMessage-ID: <1@example.org>\r\nSubject: Help\r\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def letter(**more: str) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    for name, value in {"From": "Zo\u00eb <Zoe@Example.org>", "To": "support@northwind.example", **more}.items():
        made[name.replace("_", "-")] = value
    return made


def test_a_plain_letter() -> None:
    made = letter(
        Subject="Gr\u00fc\u00dfe", Message_ID="<1@example.org>", References="<a@x.y> <b@x.y>", In_Reply_To="<b@x.y>"
    )
    made.set_content("Hello\n\nthere\u2026\n")
    read = read_letter(made.as_bytes())
    assert read.text == "Hello\n\nthere\u2026\n"
    assert (read.mail.subject, read.mail.sender) == ("Gr\u00fc\u00dfe", MailAddress("zoe@example.org", "Zo\u00eb"))
    assert (read.mail.message_id, read.mail.references) == ("<1@example.org>", ("<a@x.y>", "<b@x.y>"))
    assert (read.files, read.mail.html, read.mail.auto_generated) == ((), None, False)


def test_a_page_alone_is_told_as_text_without_its_scripts() -> None:
    made = letter(Auto_Submitted="auto-replied")
    made.set_content(
        "<style>p{}</style><p>Good <b>day</b></p><script>alert(1)</script><p>&amp; night</p>", subtype="html"
    )
    read = read_letter(made.as_bytes())
    assert read.text == "Good day\n& night"
    assert read.mail.auto_generated


def test_files_are_let_in_by_their_content() -> None:
    made = letter()
    made.set_content("see there")
    made.add_attachment(PNG, maintype="image", subtype="png", filename="Zo\u00eb/../a.png")
    (file,) = read_letter(made.as_bytes()).files
    assert (file.name, file.content) == ("Zo\u00eb_.._a.png", PNG)


def nested(depth: int) -> bytes:
    """Multiparts in multiparts."""
    lines = [b"From: a@b.example"]
    for number in range(depth):
        lines += [b"Content-Type: multipart/mixed; boundary=b%d" % number, b"", b"--b%d" % number]
    return b"\r\n".join([*lines, b"", b"x"])


def many_files(count: int, content: bytes = PNG, name: str = "a.png") -> bytes:
    made = letter()
    made.set_content("x")
    for _ in range(count):
        made.add_attachment(content, maintype="image", subtype="png", filename=name)
    return made.as_bytes()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (HEAD + b"\r\n" + b"x" * LARGEST_MAIL, "mail.too.large"),
        (HEAD + b"X: 1\r\n" * 400 + b"\r\nx", "mail.too.many.headers"),
        (HEAD + b"X: " + b"1" * 20_000 + b"\r\n\r\nx", "mail.header.too.long"),
        (HEAD + b"".join(b"X: %s\r\n" % (b"1" * 900) for _ in range(200)) + b"\r\nx", "mail.head.too.large"),
        (nested(15), "mail.too.deep"),
        (nested(MOST_PARTS + 20), "mail.too.many.parts"),
        (many_files(MOST_FILES + 1), "mail.too.many.files"),
        (many_files(1, b"MZ\x90\0"), "attachment.type.refused"),
        (many_files(1, PNG, "a.exe"), "attachment.name.differs"),
        (b"Subject: from nobody\r\n\r\nx", "mail.no.sender"),
        (b"", "mail.no.sender"),
    ],
    # A letter has another boundary each time it is made, and workers must agree on the names of tests.
    ids=lambda given: given if isinstance(given, str) else f"{len(given)} bytes",
)
def test_what_is_refused_and_why(content: bytes, code: str) -> None:
    with pytest.raises(MailRefused) as refused:
        read_letter(content)
    assert refused.value.code == code
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize(
    "line",
    [
        b"Subject: =?utf-8?q?=00=01?= \xff\xfe",
        b"Subject: =?unheard?b?////?=",
        b'From: "\xff" <a@b.example>, =?utf-8?q?x',
        b"To: " + b"<" * 5000,
        b"To: " + b"((((" * 2000 + b"))))",
        b"Cc: group: a@b.example, c@d.example;, undisclosed-recipients:;",
        b'Content-Type: text/plain; charset="unheard-of"',
        b"Content-Type: text/plain; charset*0*=utf-8'';charset*2=x",
        b"Content-Type: multipart/mixed",
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment; filename*=utf-8''%FF%FE",
        b"Date: Mon, 99 Foo 20000 99:99:99 +9999",
        b"Message-ID: <@@>\x00",
        b"References: " + b"<a@b> " * 1000,
    ],
)
def test_odd_headers_are_read_or_refused_and_nothing_else(line: bytes) -> None:
    try:
        read = read_letter(b"From: a@b.example\r\n" + line + b"\r\n\r\nbody \xff\x00")
    except MailRefused:
        return
    for text in (read.text, read.mail.subject, read.mail.sender.name, read.mail.message_id):
        assert "\x00" not in text
        text.encode()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([HEAD, b"\r\n", b"--b\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n",
       b"Content-Type: text/html\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n", b"=\xff=3D", b"--b--", b"\x00\n"]) | st.binary(max_size=50)))  # fmt: skip
def test_whatever_comes_is_read_or_refused(parts: list[bytes]) -> None:
    with contextlib.suppress(MailRefused):
        read_letter(b"".join(parts)).text.encode()


def test_a_reply_is_the_same_bytes_each_time_and_threads() -> None:
    last = Mail("<2@x.y>", "Help", MailAddress("zoe@example.org"), (), references=("<1@x.y>",))
    references = chain_references(last)
    assert references == ("<1@x.y>", "<2@x.y>")
    assert (subject_of(None, "Help"), subject_of(None, "RE: Help"), subject_of("New\r\nBcc: x", "Help")) == (
        "Re: Help", "RE: Help", "New Bcc: x",
    )  # fmt: skip
    mail = Mail(
        "<3@northwind.example>", "Re: Gr\u00fc\u00dfe", MailAddress("support@northwind.example", "Northwind \u00dc"),
        (MailAddress("zoe@example.org", "Zo\u00eb"),), references=references,
    )  # fmt: skip
    at = datetime(2026, 11, 28, 12, tzinfo=UTC)
    made = [compose(mail, "Hello", at, [("a.png", "image/png", PNG)], "b") for _ in range(2)]
    assert made[0] == made[1]
    read = read_letter(made[0])
    assert read.mail.references == references
    assert read.text.strip() == "Hello"
    assert read.files[0].content == PNG
