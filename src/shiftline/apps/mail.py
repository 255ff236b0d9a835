"""E-mail in and out: an SMTP server for what comes in, and tries of the relay for what goes out. Both run in the worker.

A message is answered 250 only once it is in the database; what is refused says why, and what cannot be taken now is asked for
again (451). Source: RFC 5321.
"""

import asyncio
import contextlib
import smtplib
import ssl
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from shiftline.apps.connections import Engines
from shiftline.foundation import jobs
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Refusal, Unavailable
from shiftline.foundation.objects import Objects
from shiftline.foundation.settings import Settings
from shiftline.messaging.errors import MailRefused
from shiftline.messaging.model import LARGEST_MAIL, MOST_RECIPIENTS, Address, Dispatch
from shiftline.messaging.operations.mail import find_address, receive_mail
from shiftline.messaging.operations.replying import claim_dispatch, read_raw, settle_dispatch

PATIENCE = 30
"""Seconds for each answer of a relay."""
MOST_SESSIONS = 50
LOOK_EVERY = 1.0
"""Seconds between looks for replies that are due."""
PERMANENT = 500

log = structlog.get_logger()


@dataclass
class Inbox:
    """What the SMTP server asks: whether an address is ours, and to take a message for it."""

    context: Context
    objects: Objects

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names and order
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or say at once that there is none of this name."""
        del server, session, options
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return f"452 4.5.3 At most {MOST_RECIPIENTS} recipients at a time"
        try:
            found = await find_address(self.context, address)
        except Unavailable:
            return "451 4.3.0 Try again in a moment"
        if found is None:
            return f"550 5.1.1 {_one_line(address)} is no address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message. What is answered 250 is in the database."""
        del server, session
        content = envelope.original_content or b""
        try:
            found = [await find_address(self.context, each) for each in envelope.rcpt_tos]
            addresses: list[Address] = [each for each in found if each is not None]
            if not addresses:
                return "550 5.1.1 None of the recipients is an address here any more"
            taken = await receive_mail(self.context, self.objects, addresses, content)
        except MailRefused as refused:
            log.info("mail.refused", code=refused.code, sentence=refused.sentence)
            return f"550 5.7.0 {_one_line(refused.sentence)}"
        except Refusal as refusal:
            log.warning("mail.not_taken", code=refusal.code, message=refusal.message)
            return "451 4.3.0 Try again in a moment"
        log.info("mail.taken", messages=[each.id for each in taken])
        return f"250 2.0.0 Taken as {taken[0].id}"

    async def handle_exception(self, error: Exception) -> str:
        """A defect of ours keeps no mail: its sender tries again."""
        log.error("mail.failed", error=str(error), exc_info=error)
        return "451 4.3.0 Try again in a moment"


def _one_line(text: str) -> str:
    return "".join(each if each.isascii() and each.isprintable() else "?" for each in text)[:400]


@contextlib.asynccontextmanager
async def listening(context: Context, objects: Objects, address: str, hostname: str) -> AsyncGenerator[int]:
    """Take e-mail at HOST:PORT meanwhile; the port."""
    host, _, port = address.rpartition(":")
    inbox = Inbox(context, objects)

    def make() -> SMTP:
        return SMTP(
            inbox,
            data_size_limit=LARGEST_MAIL,
            hostname=hostname,
            ident="Shiftline",
            timeout=60,
            enable_SMTPUTF8=True,
            decode_data=False,
            auth_required=False,
        )

    listener = await asyncio.get_running_loop().create_server(make, host.strip("[]"), int(port), backlog=MOST_SESSIONS)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()


@dataclass(frozen=True, slots=True)
class Relay:
    """Where replies go: ``smtp://[user:password@]host[:port]`` (STARTTLS where it is offered) or ``smtps://``."""

    url: str
    hostname: str

    def send(self, dispatch: Dispatch, raw: bytes) -> str:
        """Hand a message over; what the relay says. Raises OSError, smtplib.SMTPException. It blocks."""
        parts = urlsplit(self.url)
        host, trusted = parts.hostname or "", ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or 465, self.hostname, timeout=PATIENCE, context=trusted
            )
        else:
            server = smtplib.SMTP(host, parts.port or 25, self.hostname, timeout=PATIENCE)
        with server:
            server.ehlo()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=trusted)
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            refused = server.sendmail(dispatch.sender, dispatch.recipients, raw)
        names = ", ".join(f"{address}: {_reply(*said)}" for address, said in refused.items())
        return f"taken, except for {names}" if refused else "taken"


def _reply(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}"


async def send_due(context: Context, objects: Objects, relay: Relay) -> int:
    """Try each reply that is due once; how many were tried. Raises Unavailable."""
    tried = 0
    while (dispatch := await claim_dispatch(context)) is not None:
        tried += 1
        state, said = await _try(context, objects, relay, dispatch)
        await settle_dispatch(context, dispatch, state, said)
        log.info("mail.tried", message=dispatch.message_id, state=state, attempt=dispatch.attempts, said=said)
    return tried


async def _try(context: Context, objects: Objects, relay: Relay, dispatch: Dispatch) -> tuple[Any, str]:
    try:
        raw = await read_raw(context, objects, dispatch)
        return "sent", await asyncio.to_thread(relay.send, dispatch, raw)
    except smtplib.SMTPRecipientsRefused as refused:
        replies = list(refused.recipients.values())
        said = "; ".join(_reply(*each) for each in replies)
        return ("failed" if all(code >= PERMANENT for code, _ in replies) else "queued"), said
    except smtplib.SMTPResponseException as refused:
        error: Any = refused.smtp_error
        said = _reply(refused.smtp_code, error if isinstance(error, bytes) else str(error).encode())
        permanent = refused.smtp_code >= PERMANENT and not isinstance(refused, smtplib.SMTPAuthenticationError)
        return ("failed" if permanent else "queued"), said
    except (OSError, smtplib.SMTPException, Unavailable) as error:
        return "queued", f"{type(error).__name__}: {error}"


async def run_mail(settings: Settings, engines: Engines) -> None:
    """Take e-mail and send replies until cancelled, as far as settings want it."""
    context = jobs.system_context(engines.database, engines.clock)
    async with contextlib.AsyncExitStack() as stack:
        if settings.smtp_listen:
            port = await stack.enter_async_context(
                listening(context, engines.objects, settings.smtp_listen, settings.host)
            )
            log.info("mail.listening", port=port)
        work = partial(send_due, context, engines.objects, Relay(settings.smtp_relay, settings.host))
        while True:
            if settings.smtp_relay:
                with contextlib.suppress(Unavailable):
                    await work()
            await asyncio.sleep(LOOK_EVERY)
