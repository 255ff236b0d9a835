"""What is read from a description, and what is written into one."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Setup: TypeAlias = Literal["actpass", "active", "passive"]
Direction: TypeAlias = Literal["sendrecv", "sendonly", "recvonly", "inactive"]

OPUS = 111
DIGITS = ((110, 48_000), (126, 8_000))
"""Payload types that we offer: those that browsers use themselves."""


@dataclass(frozen=True, slots=True)
class IceCredentials:
    """The name and the secret of one side's checks."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Section:
    """One m-line: its kind, protocol and formats as they stand, and its name."""

    kind: str
    protocol: str
    formats: str
    mid: str | None


@dataclass(frozen=True, slots=True)
class RemoteDescription:
    """What a peer said: its audio, and the m-lines that an answer must repeat.

    chosen: which of the sections is the audio. opus: the payload type it has there; digits: payload types of events with their clock rates.
    candidates: lines without ``a=``, unread. fmtp: the parameters of Opus. extensions: header extensions, id and name.
    """

    sections: tuple[Section, ...]
    chosen: int
    credentials: IceCredentials
    fingerprints: tuple[tuple[str, str], ...]
    setup: Setup
    direction: Direction
    opus: int
    digits: tuple[tuple[int, int], ...]
    extensions: tuple[tuple[str, str], ...]
    candidates: tuple[str, ...]
    bundle: bool


@dataclass(frozen=True, slots=True)
class Fragment:
    """Candidates that came later, or new credentials (RFC 8840)."""

    credentials: IceCredentials | None
    mid: str | None
    candidates: tuple[str, ...]
    end: bool


@dataclass(frozen=True, slots=True)
class LocalMedia:
    """What we say of ourselves: identity of the stream, credentials, certificate and addresses.

    address: where a peer without ICE would send, host and port. candidates: lines without ``a=``.
    """

    session: int
    credentials: IceCredentials
    fingerprint: tuple[str, str]
    ssrc: int
    cname: str
    candidates: tuple[str, ...]
    address: tuple[str, int]
