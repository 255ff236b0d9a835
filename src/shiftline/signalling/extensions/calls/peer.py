"""The JID under which a softphone knows the other end of its call. It is made and recognised here only."""

from shiftline.signalling.stream import Stream

PEER_HOST = "gjoll"
"""COMPAT: the vendor's client takes for a softphone's peer whatever has this word behind the @."""
RESOURCE = "peer"


def peer_jid(leg_id: str, jid: str) -> str:
    """The peer of a leg as the softphone with this JID, bare or full, knows it: ``leg@gjoll.domain/peer``."""
    domain = jid.partition("/")[0].rpartition("@")[2]
    return f"{leg_id}@{PEER_HOST}.{domain}/{RESOURCE}"


def is_peer(stream: Stream, jid: str) -> bool:
    """Whether a JID is a call's other end, in the domain of the stream's own user."""
    leg_id, at, rest = jid.partition("/")[0].partition("@")
    domain = stream.bare_jid.rpartition("@")[2]
    return bool(leg_id and at) and rest.lower() == f"{PEER_HOST}.{domain}".lower()
