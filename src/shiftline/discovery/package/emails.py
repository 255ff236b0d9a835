"""An e-mail as EML: as it came where it came, else made from what is known of it."""

from collections.abc import AsyncIterator

from shiftline.discovery.model import Email, Facts
from shiftline.discovery.package import mime
from shiftline.discovery.package.files import Stream, of_bytes


def stream(facts: Facts, email: Email) -> Stream:
    """The bytes of an e-mail."""
    original = email.original
    if original is not None:
        return lambda: facts.content(original)
    return lambda: _made(facts, email)


def _made(facts: Facts, email: Email) -> AsyncIterator[bytes]:
    headers = [
        ("Message-ID", f"<{(email.message_id or email.id).strip('<>')}>"),
        ("Date", mime.date(email.sent_at)),
        ("From", email.sender),
        ("To", ", ".join(email.to)),
        *((("Cc", ", ".join(email.cc)),) if email.cc else ()),
        *((("In-Reply-To", f"<{email.in_reply_to.strip('<>')}>"),) if email.in_reply_to else ()),
        ("Subject", email.subject),
    ]
    parts = [mime.Part("text/plain; charset=utf-8", of_bytes(email.text.encode()))]
    if email.html is not None:
        parts.append(mime.Part("text/html; charset=utf-8", of_bytes(email.html.encode())))
    parts += [
        mime.Part(each.media_type, lambda each=each: facts.content(each), each.file_name or each.id)
        for each in email.attachments
    ]
    return mime.write(headers, parts, f"email {email.id}")
