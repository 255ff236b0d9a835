"""A reply by e-mail, as it goes to the relay. Pure: the same facts make the same bytes."""

from collections.abc import Sequence
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address as Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from shiftline.foundation.errors import Invalid, Problem
from shiftline.messaging.model import Mail, MailAddress

MOST_CHAINED = 20


def subject_of(wanted: str | None, known: str | None) -> str:
    """The subject of a reply: as wanted, else that of the conversation with ``Re:`` before it, once."""
    subject = " ".join((wanted if wanted is not None else known or "").split())
    return subject if wanted is not None or subject.lower().startswith("re:") else f"Re: {subject}".strip()


def chain_references(last: Mail | None) -> tuple[str, ...]:
    """What a reply refers to: all that the last e-mail did, and that one. Source: RFC 5322, section 3.6.4."""
    if last is None or not last.message_id:
        return ()
    return (*(each for each in last.references if each != last.message_id), last.message_id)[-MOST_CHAINED:]


def compose(mail: Mail, text: str, at: datetime, files: Sequence[tuple[str, str, bytes]], boundary: str) -> bytes:
    """The bytes of a reply; ``files`` are (name, media type, content). Raises Invalid for an address that is none."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _header(mail.sender, "from")
    message["To"] = tuple(_header(each, "to") for each in mail.to)
    if mail.cc:
        message["Cc"] = tuple(_header(each, "cc") for each in mail.cc)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = mail.message_id
    if mail.references:
        message["In-Reply-To"] = mail.references[-1]
        message["References"] = " ".join(mail.references)
    message.set_content(text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    for name, media_type, content in files:
        kind, _, subtype = media_type.partition("/")
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    for number, part in enumerate(each for each in message.walk() if each.is_multipart()):
        # The library would choose by chance: a repeat must be the same bytes.
        part.set_boundary(f"={boundary}-{number}")
    return message.as_bytes()


def _header(address: MailAddress, field: str) -> Header:
    name = " ".join(address.name.split())
    try:
        return Header(display_name=name, addr_spec=address.email)
    except (MessageError, ValueError, IndexError, LookupError):
        raise Invalid(Problem(field, f"{address.email[:80]!r} is no e-mail address.", "mail.address")) from None
