"""The telephony of the live connections: what softphones say becomes operations of the calls room."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from shiftline.calls.events import SoftphoneTold
from shiftline.calls.model import LegState
from shiftline.calls.operations import softphones
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.errors import NotFound
from shiftline.signalling.telephony import Active, Answer, Candidates, HangUp, Proceed, Said, Speaker

MOMENT = timedelta(minutes=2)
"""How long what has ended is told: the softphone is back within seconds, after a restart of ours within a minute."""


class Softphones:
    """Carries each word to the truth, as the system in the person's organization."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def hear(self, speaker: Speaker, said: Said) -> None:
        """Do what a softphone says. Raises a Refusal."""
        identity = speaker.identity
        context = Context(self._database, self._clock, Actor(identity.organization_id, "system"))
        person_id, session_id = identity.person_id, said.session_id
        match said:
            case Proceed():
                await softphones.accept_proposal(context, person_id, speaker.jid, session_id)
            case Answer(sdp=sdp):
                await softphones.take_answer(context, person_id, session_id, sdp)
            case Candidates(fragments=fragments):
                await softphones.add_candidates(context, person_id, session_id, fragments)
            case Active():
                await softphones.note_active(context, person_id, session_id)
            case HangUp(reason=reason):
                await softphones.hang_up(context, person_id, session_id, reason)

    async def find_offers(self, told: Sequence[SoftphoneTold]) -> Mapping[str, str]:
        """The session descriptions of our offers, by session. Raises Unavailable."""
        found: dict[str, str] = {}
        async with self._database.reader() as reader:
            for each in told:
                try:
                    leg = await softphones.find_session(reader, each.organization_id, each.person_id, each.session_id)
                except NotFound:
                    continue  # it ended, or was made anew as another session
                if leg.state is LegState.OFFERED and leg.local_sdp is not None:
                    found[each.session_id] = leg.local_sdp
        return found

    async def find_pending(self, organization_id: str, person_ids: Sequence[str]) -> Sequence[SoftphoneTold]:
        """What these people's softphones must know now. Raises Unavailable."""
        since = self._clock.now() - MOMENT
        async with self._database.reader() as reader:
            return await softphones.list_pending(reader, organization_id, person_ids, since)
