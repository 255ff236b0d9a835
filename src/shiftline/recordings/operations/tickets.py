"""Tickets: media uris that a player can fetch without a header.

A ticket stands for the access token it was asked with, for one recording, until an instant of real time. It is no copy of
anything: whoever comes with it is looked up anew, so a revoked token or permission counts at once.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Refused
from shiftline.identity.operations.tokens import authenticate_digest_in
from shiftline.recordings.errors import KeysUnavailable, TicketInvalid
from shiftline.recordings.keys import Keys
from shiftline.recordings.model import RecordingSettings
from shiftline.recordings.operations.policies import find_settings

MEDIA = "/api/v2/shiftline/recordings"
"""Below here each recording is heard."""

_DIGEST_SIZE = 32
_TIME_SIZE = 8
_SIZE = _DIGEST_SIZE + _TIME_SIZE + 32
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Ticketing:
    """Makes the tickets of one answer; without a token or keys it makes none."""

    keys: Keys
    token_digest: bytes | None
    until: datetime

    def ticket(self, recording_id: str) -> str | None:
        """A ticket for a recording."""
        if self.token_digest is None:
            return None
        claim = self.token_digest + int(self.until.timestamp()).to_bytes(_TIME_SIZE, "big")
        try:
            signature = self.keys.sign(_message(recording_id, claim))
        except KeysUnavailable:
            return None
        return base64.urlsafe_b64encode(claim + signature).decode().rstrip("=")

    def uri(self, environment: str, recording_id: str, *, download: bool = False, file_name: str | None = None) -> str:
        """Where a recording is heard without a header, for as long as its ticket lasts."""
        asked = {
            "ticket": self.ticket(recording_id),
            "download": "true" if download else None,
            "fileName": file_name,
        }
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return f"https://api.{environment}{MEDIA}/{recording_id}/media" + (f"?{query}" if query else "")


async def open_ticketing(context: Context, keys: Keys) -> Ticketing:
    """What makes the caller's tickets, as long-lived as the organization's settings say."""
    return _ticketing(context, keys, (await _settings(context)).playback_minutes)


async def open_batch_ticketing(context: Context, keys: Keys) -> Ticketing:
    """The same for the results of batch requests."""
    return _ticketing(context, keys, (await _settings(context)).batch_download_minutes)


async def _settings(context: Context) -> RecordingSettings:
    async with context.reader() as reader:
        return await find_settings(reader, context.organization_id)


def _ticketing(context: Context, keys: Keys, minutes: int) -> Ticketing:
    return Ticketing(keys, context.actor.token_digest, context.clock.real_now() + timedelta(minutes=minutes))


async def authenticate_ticket(context: Context, keys: Keys, recording_id: str, ticket: str | None) -> Actor:
    """Who comes with a ticket, with the permissions they have now.

    Raises TicketInvalid, BadToken, Refused (who may do nothing now), KeysUnavailable.
    """
    if ticket is None:
        raise TicketInvalid("This needs a bearer token in the header Authorization, or the ticket of a media uri.")
    raw = _decode(ticket)
    claim, signature = raw[:-_DIGEST_SIZE], raw[-_DIGEST_SIZE:]
    if not keys.is_signed(_message(recording_id, claim), signature):
        raise TicketInvalid("The ticket is not one of this recording.")
    until = datetime.fromtimestamp(int.from_bytes(claim[_DIGEST_SIZE:], "big"), UTC)
    if until <= context.clock.real_now():
        raise TicketInvalid("The ticket's time is over.")
    async with context.reader() as reader:
        actor = await authenticate_digest_in(reader, context.clock, claim[:_DIGEST_SIZE])
    if actor.barred is not None:
        raise Refused(actor.barred)
    return actor


def _decode(ticket: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(ticket[:_LONGEST] + "=" * (-len(ticket[:_LONGEST]) % 4))
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != _SIZE:
        raise TicketInvalid("The ticket is none.")
    return raw


def _message(recording_id: str, claim: bytes) -> bytes:
    return b"media\0" + recording_id.encode() + b"\0" + claim
