"""How far a softphone was brought in each of its calls, and what it is told next: a call only moves forward. Pure.

So nothing is told twice, whoever tells it first, the news or the look that a newcomer gets, and nothing after the end.
"""

from collections.abc import Mapping
from enum import IntEnum

from shiftline.calls.events import SoftphoneTold
from shiftline.signalling.extensions.calls import telling

MOST_REMEMBERED = 32
"""Call sessions of a softphone; news of one are over within minutes."""


class Stage(IntEnum):
    """What a connection was told of a call session. ``UNKNOWN``: nothing; an earlier connection may have been."""

    UNKNOWN = 0
    RINGING = 1
    OFFERED = 2
    OVER = 3


class Progress:
    """The call sessions of one connection, by its full JID."""

    __slots__ = ("_jid", "_stages")

    def __init__(self, jid: str) -> None:
        self._jid = jid
        self._stages: dict[str, Stage] = {}

    def tell(self, told: SoftphoneTold, offers: Mapping[str, str], *, is_orphan: bool) -> tuple[str, ...]:
        """The frames to send, none where they say nothing new.

        ``offers``: session descriptions by session. ``is_orphan``: nobody is here under the JID that the news is for.
        """
        known = self._stages.get(told.session_id, Stage.UNKNOWN)
        match told.kind:
            case "propose" if known is Stage.UNKNOWN and told.jid in {None, self._jid}:
                return self._reach(told, Stage.RINGING, telling.propose(told, self._jid))
            case "offer" if known < Stage.OFFERED and told.jid == self._jid and told.session_id in offers:
                return self._reach(told, Stage.OFFERED, telling.offer(told, self._jid, offers[told.session_id]))
            case "retract" if known < Stage.OVER:
                # Also where another one accepted: this one may not have heard of that yet.
                return self._reach(told, Stage.OVER, telling.retract(told, self._jid))
            case "terminate" if known < Stage.OVER:
                return self._reach(told, Stage.OVER, *self._end(told, known, is_orphan=is_orphan))
            case _:
                return ()

    def ring_again(self) -> bool:
        """Whether something rings here: it is told once more, if it is found to ring still."""
        ringing = [session_id for session_id, stage in self._stages.items() if stage is Stage.RINGING]
        for session_id in ringing:
            del self._stages[session_id]
        return bool(ringing)

    def _end(self, told: SoftphoneTold, known: Stage, *, is_orphan: bool) -> tuple[str, ...]:
        terminate, retract = telling.terminate(told, self._jid), telling.retract(told, self._jid)
        if known is Stage.OFFERED:
            return (terminate,)
        if known is Stage.UNKNOWN and (told.jid == self._jid or is_orphan):
            # It came back since, under its JID or on a new channel. Whether it had the call or still waited, it lets go.
            return (terminate, retract)
        return (retract,)

    def _reach(self, told: SoftphoneTold, stage: Stage, *frames: str) -> tuple[str, ...]:
        self._stages.pop(told.session_id, None)
        self._stages[told.session_id] = stage
        if len(self._stages) > MOST_REMEMBERED:
            del self._stages[next(iter(self._stages))]
        return frames
