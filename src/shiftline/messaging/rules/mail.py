"""What an e-mail says: read by the standard library, within bounds, whoever wrote it. Pure.

Hostile mail is refused with a sentence that goes back to its sender: too many parts, too deep, headers without end, files that are
not let in. What cannot be decoded is replaced, not refused. Source: RFC 5322, RFC 2045.
"""

import re
from email import message_from_bytes
from email.errors import MessageError
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any

from shiftline.messaging.errors import FileRefused, MailRefused
from shiftline.messaging.model import LARGEST_MAIL, MOST_FILES, Letter, Mail, MailAddress, MailFile
from shiftline.messaging.rules.files import check_file

MOST_PARTS = 100
DEEPEST = 10
MOST_HEADERS = 300
LARGEST_HEAD = 128 * 1024
LONGEST_HEADER = 16 * 1024
LONGEST_BODY = 200_000
"""Characters of an e-mail's text that are kept beside the whole, which is kept as it came."""
LONGEST_SUBJECT = 500
MOST_REFERENCES = 50

_ID = re.compile(r"<[^<>\s]{1,250}@[^<>\s]{1,250}>")
_BLANK = re.compile(rb"\r?\n\r?\n")
_AUTOMATIC = ("auto-generated", "auto-replied", "auto-notified")


def read_letter(content: bytes) -> Letter:
    """An e-mail's headers, text and files. Raises MailRefused."""
    _check_bounds(content)
    try:
        message = message_from_bytes(content, policy=SMTP)
        return _read(message)
    except MailRefused:
        raise
    except RecursionError:
        raise MailRefused(f"Its parts are nested more than {DEEPEST} deep.", "mail.too.deep") from None
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, IndexError, AssertionError) as error:
        # The standard library is known to stumble over headers that were made to that end.
        raise MailRefused(f"It cannot be read ({type(error).__name__}).", "mail.unreadable") from None


def _check_bounds(content: bytes) -> None:
    """What can be told before anything is parsed."""
    if len(content) > LARGEST_MAIL:
        raise MailRefused(f"It has {len(content)} bytes; at most {LARGEST_MAIL} are taken.", "mail.too.large")
    found = _BLANK.search(content)
    head = content[: found.start()] if found else content
    if len(head) > LARGEST_HEAD:
        raise MailRefused(
            f"Its headers have {len(head)} bytes; at most {LARGEST_HEAD} are taken.", "mail.head.too.large"
        )
    lines = re.split(rb"\r?\n(?![ \t])", head)
    if len(lines) > MOST_HEADERS:
        raise MailRefused(f"It has {len(lines)} headers; at most {MOST_HEADERS} are taken.", "mail.too.many.headers")
    if max(map(len, lines)) > LONGEST_HEADER:
        raise MailRefused(f"A header is longer than {LONGEST_HEADER} bytes.", "mail.header.too.long")
    lower = content.lower()
    if lower.count(b"boundary") > MOST_PARTS or lower.count(b"message/rfc822") > MOST_PARTS:
        raise MailRefused(f"It has more than {MOST_PARTS} parts.", "mail.too.many.parts")


def _read(message: EmailMessage) -> Letter:
    texts, pages, files = list[str](), list[str](), list[MailFile]()
    for part in _leaves(message):
        kind, name = part.get_content_type(), part.get_filename()
        if name is None and part.get_content_disposition() != "attachment" and kind in {"text/plain", "text/html"}:
            (texts if kind == "text/plain" else pages).append(_text_of(part))
        else:
            files.append(_file_of(part, len(files) + 1))
    if len(files) > MOST_FILES:
        raise MailRefused(f"It brings {len(files)} files; at most {MOST_FILES} are let in.", "mail.too.many.files")
    page = "\n".join(pages)[:LONGEST_BODY] or None
    text = "\n".join(texts) if texts else _plain(page or "")
    return Letter(_mail_of(message, page), text[:LONGEST_BODY], tuple(files))


def _leaves(message: EmailMessage, depth: int = 0) -> list[EmailMessage]:
    """The parts that hold something, in order; a forwarded e-mail is one part."""
    if depth > DEEPEST:
        raise MailRefused(f"Its parts are nested more than {DEEPEST} deep.", "mail.too.deep")
    if not message.is_multipart() or message.get_content_maintype() == "message":
        return [message]
    found: list[EmailMessage] = []
    parts: Any = message.get_payload()
    for part in parts:
        found += _leaves(part, depth + 1)
    if len(found) > MOST_PARTS:
        raise MailRefused(f"It has more than {MOST_PARTS} parts.", "mail.too.many.parts")
    return found


def _text_of(part: EmailMessage) -> str:
    content: Any = part.get_payload(decode=True) or b""
    charset = part.get_content_charset() or "utf-8"
    try:
        text = content.decode(charset, "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return _clean(text.replace("\r\n", "\n"))


def _clean(text: str) -> str:
    """What PostgreSQL and a page can hold."""
    return "".join(each for each in text if each in "\n\t" or ord(each) >= ord(" ")).encode("utf-8", "replace").decode()


def _file_of(part: EmailMessage, number: int) -> MailFile:
    """A file that is let in. Raises MailRefused for any other, saying why."""
    payload: Any = None if part.get_content_maintype() == "message" else part.get_payload(decode=True)
    content = bytes(payload) if payload is not None else part.as_bytes()
    name = re.sub(r"[/\\\"<>:|?*]", "_", _clean(part.get_filename() or f"part {number}")).strip()
    try:
        check_file(name, content)
    except FileRefused as refused:
        raise MailRefused(refused.problems[0].sentence, refused.code) from None
    return MailFile(name, content)


def _mail_of(message: EmailMessage, page: str | None) -> Mail:
    senders = _addresses(message, "From")
    if not senders:
        raise MailRefused("It says not from whom it is: a From header with an address is needed.", "mail.no.sender")
    references = (*_ids(message, "References"), *_ids(message, "In-Reply-To"))
    replies = _addresses(message, "Reply-To")
    automatic = str(message.get("Auto-Submitted", "no")).lower().startswith(_AUTOMATIC)
    known = _ids(message, "Message-ID")
    return Mail(
        message_id=known[0] if known else "",
        subject=_clean(str(message.get("Subject", "")))[:LONGEST_SUBJECT],
        sender=senders[0],
        to=_addresses(message, "To"),
        cc=_addresses(message, "Cc"),
        reply_to=replies[0] if replies else None,
        references=tuple(dict.fromkeys(references))[-MOST_REFERENCES:],
        html=page,
        written_at=_date(message),
        auto_generated=automatic,
    )


def _addresses(message: EmailMessage, name: str) -> tuple[MailAddress, ...]:
    header: Any = message.get(name)
    if not isinstance(header, AddressHeader):
        return ()
    found = [
        MailAddress(_clean(each.addr_spec).lower()[:320], _clean(each.display_name)[:200])
        for each in header.addresses
        if each.username and each.domain
    ]
    return tuple(found[:MOST_REFERENCES])


def _ids(message: EmailMessage, name: str) -> tuple[str, ...]:
    return tuple(_clean(each) for each in _ID.findall(str(message.get(name, ""))))


def _date(message: EmailMessage) -> Any:
    try:
        written = parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return written if written.tzinfo is not None else None


class _Plain(HTMLParser):
    """The text of a page: no scripts, no styles, a line for each block."""

    SILENT = frozenset({"script", "style", "head", "title"})
    BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._silent += tag in self.SILENT
        if tag in self.BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in self.SILENT))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def _plain(page: str) -> str:
    reader = _Plain()
    reader.feed(page)
    reader.close()
    return re.sub(r"\n\s*\n+", "\n\n", "".join(reader.said)).strip()
