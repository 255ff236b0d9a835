"""What a softphone says of its call sessions, and what the connections ask of the calls room, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from shiftline.calls.events import SoftphoneTold
from shiftline.signalling.model import Identity


@dataclass(frozen=True, slots=True)
class Proceed:
    """A proposed call is accepted at this softphone: it waits for the offer."""

    session_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to our offer, a session description."""

    session_id: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """ICE candidates, each a fragment of a session description, or their end."""

    session_id: str
    fragments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Active:
    """ICE is connected at the softphone."""

    session_id: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """The softphone ended its session, or declines a proposal."""

    session_id: str
    reason: str


Said: TypeAlias = Proceed | Answer | Candidates | Active | HangUp


@dataclass(frozen=True, slots=True)
class Speaker:
    """The softphone that says something: its person and its full JID."""

    identity: Identity
    jid: str


class Telephony(Protocol):
    """Carries out what softphones say of calls, and knows what they must be told."""

    async def hear(self, speaker: Speaker, said: Said) -> None:
        """Do what a softphone says; saying it twice is harmless. Raises a Refusal."""
        ...

    async def find_offers(self, told: Sequence[SoftphoneTold]) -> Mapping[str, str]:
        """The session descriptions of our offers, by session; offers that nobody waits for any more are missing.

        Raises Unavailable.
        """
        ...

    async def find_pending(self, organization_id: str, person_ids: Sequence[str]) -> Sequence[SoftphoneTold]:
        """What these people's softphones must be told if they do not know it yet.

        Proposals, offers that were not answered, and what ended a moment ago.

        Raises Unavailable.
        """
        ...
