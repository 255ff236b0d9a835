"""Reading a peer's description strictly: whatever is wrong with it is named in one sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from shiftline.calls.media.model import SdpRefused
from shiftline.calls.media.opus import RATE
from shiftline.calls.media.sdp.model import Direction, Fragment, IceCredentials, RemoteDescription, Section, Setup

MAX_BYTES = 64 * 1024
MAX_SECTIONS = 32
MAX_CANDIDATES = 32
"""More candidates than any honest browser has; each one costs us checks."""

MAX_TYPE, MAX_EXTENSION = 127, 14

_LINE = re.compile(r"[a-z]=.*")
_MEDIA = re.compile(
    r"(?P<kind>[a-z]{1,16}) (?P<port>\d{1,5})(/\d+)? (?P<protocol>[A-Za-z0-9/.-]{1,32}) (?P<formats>[!-~]+( [!-~]+)*)"
)
_RTPMAP = re.compile(r"(?P<type>\d{1,3}) (?P<name>[^ /]+)/(?P<rate>\d{1,6})(/(?P<channels>\d+))?")
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_TOKEN = re.compile(r"[!#$%&'*+.0-9A-Z^_`a-z{|}~-]{1,64}")
_FINGERPRINT_BYTES = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")


@dataclass
class _Part:
    """The attributes of the session, or of one m-line."""

    section: Section | None = None
    port: int = 0
    attributes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]

    def first(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)


def read_offer(text: str) -> RemoteDescription:
    """A client's offer. Raises SdpRefused."""
    return _read(text, answers=False)


def read_answer(text: str) -> RemoteDescription:
    """A client's answer to our offer. Raises SdpRefused."""
    found = _read(text, answers=True)
    if found.setup == "actpass":
        raise SdpRefused("The answer leaves open who begins the DTLS handshake: a=setup must be active or passive.")
    return found


def _read(text: str, *, answers: bool) -> RemoteDescription:
    session, *parts = _split(text)
    chosen = _choose(parts)
    part = parts[chosen]
    opus, digits = _formats(part)
    return RemoteDescription(
        sections=tuple(each.section for each in parts if each.section is not None),
        chosen=chosen,
        credentials=_credentials(part, session),
        fingerprints=_fingerprints(part, session),
        setup=_setup(part.first("setup") or session.first("setup"), answers=answers),
        direction=_direction(part, session),
        opus=opus,
        digits=digits,
        extensions=_extensions(part),
        candidates=tuple(part.all("candidate")[:MAX_CANDIDATES]),
        bundle=any(value.split()[:1] == ["BUNDLE"] for value in session.all("group")),
    )


def _lines(text: str) -> list[str]:
    # UTF-8 is at least a byte a character, and encoding refuses lone surrogates, which cannot have come over a wire.
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise SdpRefused(f"The session description has more than {MAX_BYTES // 1024} KiB.")
    return [line for line in text.replace("\r\n", "\n").split("\n") if line]


def _split(text: str) -> list[_Part]:
    lines = _lines(text)
    if not lines or lines[0] != "v=0":
        raise SdpRefused("The session description does not begin with v=0.")
    parts = [_Part()]
    for number, line in enumerate(lines, 1):
        if not _LINE.fullmatch(line):
            raise SdpRefused(f"Line {number} of the session description is not a letter, an equals sign and a value.")
        if line[0] == "m":
            parts.append(_media(line, number))
            if len(parts) > MAX_SECTIONS + 1:
                raise SdpRefused(f"The session description has more than {MAX_SECTIONS} m-lines.")
        elif line[0] == "a":
            name, _, value = line[2:].partition(":")
            parts[-1].attributes.append((name, value.strip()))
    return [_named(part) for part in parts]


def _media(line: str, number: int) -> _Part:
    found = _MEDIA.fullmatch(line[2:].strip())
    if found is None:
        raise SdpRefused(f"The m-line in line {number} of the session description is malformed.")
    return _Part(Section(found["kind"], found["protocol"], found["formats"], None), int(found["port"]))


def _named(part: _Part) -> _Part:
    mid = part.first("mid")
    if part.section is None or mid is None:
        return part
    if not _TOKEN.fullmatch(mid):
        raise SdpRefused("An m-line's name in a=mid is not a token.")
    part.section = Section(part.section.kind, part.section.protocol, part.section.formats, mid)
    return part


def _choose(parts: Sequence[_Part]) -> int:
    audio = [number for number, part in enumerate(parts) if part.section is not None and part.section.kind == "audio"]
    if not audio:
        raise SdpRefused("The session description has no audio.")
    # A bundled section may have port 0 and is still meant (RFC 9143 section 6).
    alive = [number for number in audio if parts[number].port or parts[number].first("bundle-only") is not None]
    if not alive:
        raise SdpRefused("The session description rejects its audio: the port of its m-line is 0.")
    part = parts[alive[0]]
    assert part.section is not None
    if "RTP/SAVP" not in part.section.protocol:
        raise SdpRefused(f"The audio is not encrypted: its protocol is {part.section.protocol}, not UDP/TLS/RTP/SAVPF.")
    if part.first("rtcp-mux") is None:
        raise SdpRefused("The audio has no a=rtcp-mux: media and its reports must share a port.")
    return alive[0]


def _credentials(part: _Part, session: _Part) -> IceCredentials:
    username, password = (part.first(name) or session.first(name) for name in ("ice-ufrag", "ice-pwd"))
    if username is None or password is None:
        raise SdpRefused("The audio has no a=ice-ufrag and a=ice-pwd: only peers with ICE can connect.")
    return _checked(username, password)


def _checked(username: str, password: str) -> IceCredentials:
    if not _UFRAG.fullmatch(username) or not _PASSWORD.fullmatch(password):
        raise SdpRefused("a=ice-ufrag must have 4 to 256, a=ice-pwd 22 to 256 letters, digits, + or /.")
    return IceCredentials(username, password)


def _fingerprints(part: _Part, session: _Part) -> tuple[tuple[str, str], ...]:
    values = part.all("fingerprint") or session.all("fingerprint")
    if not values:
        raise SdpRefused("The audio has no a=fingerprint: the peer's certificate could not be told from another's.")
    found = [_fingerprint(value) for value in values[:8]]
    known = tuple(each for each in found if each is not None)
    if not known:
        raise SdpRefused("No a=fingerprint uses sha-256, sha-384 or sha-512.")
    return known


def _fingerprint(value: str) -> tuple[str, str] | None:
    algorithm, _, digest = value.partition(" ")
    length = _FINGERPRINT_BYTES.get(algorithm.lower())
    if length is None:
        return None
    if not re.fullmatch(rf"[0-9A-Fa-f]{{2}}(:[0-9A-Fa-f]{{2}}){{{length - 1}}}", digest.strip()):
        raise SdpRefused(
            f"The {algorithm.lower()} fingerprint is not {length} pairs of hexadecimal digits with colons between them."
        )
    return algorithm.lower(), digest.strip().upper()


def _setup(value: str | None, *, answers: bool) -> Setup:
    # RFC 5763 section 5: an offer without it is active by RFC 4145's default; so is what an answer chooses.
    if value is None:
        return "active"
    if value not in {"actpass", "active", "passive"}:
        raise SdpRefused(f"The {'answer' if answers else 'offer'}'s a=setup is none of actpass, active and passive.")
    return cast("Setup", value)


def _direction(part: _Part, session: _Part) -> Direction:
    for each in (part, session):
        for name, _ in each.attributes:
            if name in _DIRECTIONS:
                return name
    return "sendrecv"


def _formats(part: _Part) -> tuple[int, tuple[tuple[int, int], ...]]:
    assert part.section is not None
    listed = part.section.formats.split()
    opus: int | None = None
    digits: list[tuple[int, int]] = []
    for value in part.all("rtpmap"):
        found = _RTPMAP.fullmatch(value)
        if found is None or found["type"] not in listed or int(found["type"]) > MAX_TYPE:
            continue
        name, rate = found["name"].lower(), int(found["rate"])
        if name == "opus" and rate == RATE and opus is None:
            opus = int(found["type"])
        elif name == "telephone-event" and rate in {8_000, RATE}:
            digits.append((int(found["type"]), rate))
    if opus is None:
        raise SdpRefused("The audio has no Opus: a=rtpmap with opus/48000/2 is missing.")
    return opus, tuple(digits[:2])


def _extensions(part: _Part) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for value in part.all("extmap"):
        number, _, name = value.partition(" ")
        number = number.partition("/")[0]
        if number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= MAX_EXTENSION:
            found.append((number, name.split()[0] if name.split() else ""))
    return tuple(found)


def read_fragment(text: str) -> Fragment:
    """Candidates in the form that browsers' softphones and WHIP clients send them. Raises SdpRefused.

    Source: RFC 8840 section 9 (``application/trickle-ice-sdpfrag``).
    """
    part = _Part()
    for line in _lines(text):
        name, _, value = line.removeprefix("a=").partition(":")
        if line.startswith("a=") or name == "candidate":
            part.attributes.append((name, value.strip()))
    username, password = part.first("ice-ufrag"), part.first("ice-pwd")
    credentials = None if username is None or password is None else _checked(username, password)
    candidates = tuple(part.all("candidate")[:MAX_CANDIDATES])
    return Fragment(credentials, part.first("mid"), candidates, part.first("end-of-candidates") is not None)
