"""Who a live connection belongs to, what the authority may say of it, and how topics are written."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

MAX_TOPIC_LENGTH = 200
"""The vendor's bound, in characters, for one topic or one combined ``prefix?a&b``."""


COULD_NOT_BE_KNOWN = "temporary-auth-failure"
"""The SASL condition for a denial that proves nothing."""


def digest_of(channel_id: str) -> str:
    """How events, leases and logs name a channel: its id is a secret."""
    return hashlib.sha256(channel_id.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Identity:
    """The person behind a session, the channel it came through and the token that the channel is bound to."""

    organization_id: str
    person_id: str
    channel_id: str = field(repr=False)
    token_digest: str = field(repr=False)
    jid: str
    """The bare JID: ``agent1@org.localhost``; empty for a program."""

    @property
    def channel_digest(self) -> str:
        """How others may know the channel."""
        return digest_of(self.channel_id)


@dataclass(frozen=True, slots=True)
class Welcome:
    """The authority lets a connection in; ``topics`` are those its channel is subscribed to.

    ``until`` (the application's time) is when the right ends or has to be judged again by itself, where that is known.
    """

    identity: Identity
    topics: frozenset[str] = frozenset()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Denial:
    """The authority does not let a connection in, or no longer.

    ``condition`` is a SASL condition: ``not-authorized``, ``account-disabled``, ``credentials-expired``, or
    ``temporary-auth-failure`` where it could not be known. ``ends`` says which calls end when a right is lost: none where it could
    not be known or the right comes back by itself at a known time, that softphone's where only its token is gone, else all the person's.
    """

    condition: str
    sentence: str
    decision_id: str | None = None
    ends: Literal["nothing", "softphone", "person"] = "nothing"

    @property
    def text(self) -> str:
        """The sentence with the decision to ask for, as a client reads it."""
        return f"{self.sentence} (decision {self.decision_id})" if self.decision_id else self.sentence


@dataclass(frozen=True, slots=True)
class Notice:
    """What a session is told about itself before it is closed.

    ``topic`` is a control topic of ``notification``; ``reason`` a code such as ``access_revoked``.
    """

    topic: str
    reason: str
    denial: Denial | None = None
    sentence: str = ""

    @property
    def text(self) -> str:
        """The sentence a person reads, with the decision if there is one."""
        return self.denial.text if self.denial else self.sentence


def expand_topic(topic: str) -> tuple[str, ...]:
    """The single topics that ``prefix?a&b`` stands for (``prefix.a``, ``prefix.b``); a plain topic stands for itself.

    Raises ValueError with a sentence where it is no topic.
    """
    if len(topic) > MAX_TOPIC_LENGTH:
        raise ValueError(f"A topic has at most {MAX_TOPIC_LENGTH} characters.")
    prefix, combined, rest = topic.partition("?")
    names = tuple(f"{prefix}.{name}" for name in rest.split("&")) if combined else (topic,)
    for name in names:
        if not all(_is_part(part) for part in name.split(".")):
            raise ValueError(f"«{topic}» is not a topic: parts of letters, digits, - and _ between dots.")
    return tuple(dict.fromkeys(names))


def _is_part(part: str) -> bool:
    return part.isascii() and part.replace("-", "").replace("_", "").replace(":", "").isalnum()
