"""Addresses: reading those of a peer, and choosing our own."""

import ipaddress

from aioice import Candidate
from aioice.ice import get_host_addresses

LOOPBACK = "127.0.0.1"
WORDS = 8
"""What a candidate has at least; what follows is of no use here."""
MAX_DIGITS = 10


class CandidateIgnored(ValueError):  # noqa: N818 - an outcome
    """A candidate that nothing can be sent to; the text is the kind it is counted under."""


def read_candidate(line: str) -> Candidate:
    """A peer's address over UDP. Raises CandidateIgnored: for names (never looked up: they would tell the resolver, and a peer with only such
    names is found when it checks us), for TCP, and for what cannot be read or cannot be an address of one machine.

    Source: RFC 8839 section 5.1.
    """
    words = line.removeprefix("a=").removeprefix("candidate:").split(maxsplit=8)
    if len(words) < WORDS or words[6].lower() != "typ":
        raise CandidateIgnored("candidate.malformed")
    if words[2].lower() != "udp" or words[1] != "1":
        raise CandidateIgnored("candidate.transport")
    try:
        address = ipaddress.ip_address(words[4])
    except ValueError:
        kind = "candidate.name" if "." in words[4] else "candidate.malformed"
        raise CandidateIgnored(kind) from None
    if (
        address.is_multicast
        or address.is_unspecified
        or str(address) == "255.255.255.255"
        or getattr(address, "scope_id", None)
    ):
        raise CandidateIgnored("candidate.address")
    port, priority = _number(words[5], 65_535), _number(words[3], 2**32 - 1)
    if words[7] not in {"host", "srflx", "prflx", "relay"}:
        raise CandidateIgnored("candidate.malformed")
    # aioice knows peer-reflexive candidates only as those it learns itself.
    kind = "srflx" if words[7] == "prflx" else words[7]
    return Candidate(words[0][:32], 1, "udp", priority, str(address), port, kind)


def _number(word: str, most: int) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= MAX_DIGITS and 1 <= int(word) <= most):
        raise CandidateIgnored("candidate.malformed")
    return int(word)


def own_addresses() -> tuple[str, ...]:
    """All addresses of this host that need no scope, and loopback, which aioice leaves out."""
    return (*dict.fromkeys(get_host_addresses(use_ipv4=True, use_ipv6=True)), LOOPBACK)
