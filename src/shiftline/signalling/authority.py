"""What the connections ask of the rest of Shiftline, and nothing else."""

from typing import Protocol

from shiftline.signalling.model import Denial, Identity, Welcome


class Authority(Protocol):
    """Decides who may connect and what they are subscribed to, from the truth, on each question.

    Whatever an implementation raises counts as «could not be known»: a new connection is refused for now, a living one stays.
    """

    async def authenticate(self, channel_id: str, jid: str, token: str) -> Welcome | Denial:
        """Whether this token may connect as this bare JID through this channel; an unknown channel is a denial."""
        ...

    async def admit(self, channel_id: str) -> Welcome | Denial:
        """Whether the token that the channel is bound to may connect, or stay connected."""
        ...

    async def subscribe(self, identity: Identity, topic: str) -> frozenset[str] | Denial:
        """Add a topic (maybe combined) to the channel's; the channel's topics after it."""
        ...

    async def unsubscribe(self, identity: Identity, topic: str) -> frozenset[str]:
        """Remove a topic (maybe combined) from the channel's; the channel's topics after it."""
        ...
