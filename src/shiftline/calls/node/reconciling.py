"""Brings the engine in line with the rows of one conversation's legs. Everything here may be repeated."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

import structlog

from shiftline.calls import rules, store
from shiftline.calls.media.engine import Engine
from shiftline.calls.media.model import SdpRefused
from shiftline.calls.model import Call, Hearing, Leg, LegKind, LegState, Treatment
from shiftline.calls.node.archive import Archive
from shiftline.calls.node.held import Held, line_of, stats_of
from shiftline.calls.node.sources import choose_source
from shiftline.calls.operations import nodes
from shiftline.calls.operations.moving import read_call
from shiftline.conversations.model.conversations import CallState, RecordingState
from shiftline.foundation.context import Context
from shiftline.recordings.control.model import Pause
from shiftline.recordings.operations import pausing
from shiftline.routing.operations.interactions import estimate_wait

Line: TypeAlias = tuple[str, str | None, str | None]
Again: TypeAlias = Callable[[Line, float], object]
"""Look at a line again after so many seconds."""

CARRIED = frozenset({LegState.REQUESTED, LegState.OFFERED, LegState.ANSWERED, LegState.CONNECTED})

log = structlog.get_logger()


class Reconciler:
    """What a node holds, by the engine's name of each leg."""

    def __init__(self, node_id: str, context: Context, engine: Engine, archive: Archive, again: Again) -> None:
        self._node_id = node_id
        self._context = context
        self._engine = engine
        self._archive = archive
        self._again = again
        self.held: dict[str, Held] = {}

    def holds(self, leg_id: str) -> bool:
        """Whether some generation of a leg is here."""
        return any(held.leg.id == leg_id for held in self.held.values())

    def serves(self, conversation_id: str) -> bool:
        """Whether a leg of a conversation is here."""
        return any(held.leg.conversation_id == conversation_id for held in self.held.values())

    async def reconcile(self, context: Context, conversation_id: str | None, leg_id: str | None) -> list[Line]:
        """Look at a conversation, or at a leg between calls; other lines that have to be looked at then."""
        async with context.reader() as reader:
            if conversation_id is None:
                leg = await store.find_leg(reader, context.organization_id, leg_id or "")
                legs, call = ((leg,) if leg is not None and leg.conversation_id is None else ()), None
            else:
                call = await read_call(reader, context.organization_id, conversation_id)
                legs = () if call is None else call.legs
        mine = {leg.key: leg for leg in legs if leg.node_id == self._node_id and leg.state in CARRIED}
        others = await self._let_go(context, mine, self._of_line(conversation_id, leg_id))
        for leg in mine.values():
            await self._bring_up(context, leg)
        await self._shape(context, mine, None if call is None else await self._announce(context, call))
        for leg in mine.values():
            if call is not None and leg.persistent and leg.state is LegState.CONNECTED and _waits_to_enter(call, leg):
                await nodes.enter_call(context, leg)
        return others

    def _of_line(self, conversation_id: str | None, leg_id: str | None) -> list[Held]:
        return [
            held
            for held in self.held.values()
            if (held.leg.conversation_id == conversation_id if conversation_id else held.leg.id == leg_id)
        ]

    async def _let_go(self, context: Context, mine: dict[str, Leg], here: Iterable[Held]) -> list[Line]:
        """Close what is over or elsewhere; what belongs to another line now is looked at there."""
        lines: list[Line] = []
        for held in here:
            if held.leg.key in mine:
                continue
            async with context.reader() as reader:
                leg = await store.find_leg(reader, context.organization_id, held.leg.id)
            if leg is not None and leg.key == held.leg.key and leg.node_id == self._node_id and leg.state in CARRIED:
                held.leg = leg
                lines.append(line_of(leg.organization_id, leg.conversation_id, leg.id))
            else:
                await self._close(held)
        return lines

    async def _close(self, held: Held) -> None:
        self.stop_recording(held)
        self.held.pop(held.leg.key, None)
        stats = stats_of(self._engine, held)
        await self._engine.close_leg(held.leg.key)
        if stats is not None:
            await nodes.keep_last_stats(self._context, held.leg, stats)

    def stop_recording(self, held: Held) -> None:
        """End the recording of a leg that is here."""
        if held.recording_id is not None:
            self._engine.stop_recording(held.leg.key)
            held.recording_id = held.silent = None

    async def _bring_up(self, context: Context, leg: Leg) -> None:
        """Make a leg, and carry out what came for it since."""
        held = self.held.get(leg.key)
        if held is None:
            held = self.held[leg.key] = Held(leg)
            if not await self._create(context, held):
                return
        held.leg = leg
        if held.described and await self._answer(context, held):
            await self._follow(context, held)

    async def _answer(self, context: Context, held: Held) -> bool:
        """Hand a softphone's answer on, once; whether the leg can go on."""
        leg = held.leg
        if leg.kind is not LegKind.SOFTPHONE or leg.remote_sdp is None or held.answered:
            return True
        held.answered = True
        try:
            await self._engine.set_answer(leg.key, leg.remote_sdp)
        except SdpRefused as refusal:
            await nodes.fail_leg(context, leg, str(refusal))
            return False
        return True

    async def _follow(self, context: Context, held: Held) -> None:
        """Hand on what comes bit by bit: candidates, a restart, digits."""
        leg = held.leg
        for fragment in leg.remote_candidates[held.candidates :]:
            held.candidates += 1
            await self._engine.add_candidate(leg.key, fragment)
        if leg.ice_offer is not None and leg.ice_answer is None and leg.ice_offer != held.restarted:
            held.restarted = leg.ice_offer
            await self._restart(context, leg, leg.ice_offer)
        if len(leg.digits) > held.digits:
            self._engine.send_digits(leg.key, leg.digits[held.digits :])
            held.digits = len(leg.digits)

    async def _restart(self, context: Context, leg: Leg, fragment: str) -> None:
        try:
            answer = await self._engine.restart_ice(leg.key, fragment)
        except SdpRefused as refusal:
            log.info("media.restart_refused", leg=leg.key, reason=str(refusal))
            answer = ""
        await nodes.answer_restart(context, leg, answer)

    async def _create(self, context: Context, held: Held) -> bool:
        leg = held.leg
        if leg.state is not LegState.REQUESTED:
            # Described by this node, and yet unknown here: it cannot be mended, only made anew.
            self.held.pop(leg.key, None)
            await nodes.fail_leg(context, leg, "media.leg_unknown")
            return False
        try:
            described = await self._engine.create_leg(leg.key, leg.remote_sdp if leg.kind is LegKind.WEB else None)
        except SdpRefused as refusal:
            self.held.pop(leg.key, None)
            await nodes.fail_leg(context, leg, str(refusal))
            return False
        held.digits = len(leg.digits)
        await nodes.describe_leg(context, leg, described)
        held.described = True
        return True

    async def _shape(self, context: Context, mine: dict[str, Leg], call: Call | None) -> None:
        """Who hears whom, and what is recorded."""
        hearings = rules.hear(call) if call is not None else {}
        keys = {leg.id: leg.key for leg in mine.values()}
        for key, leg in mine.items():
            held = self.held.get(key)
            if held is None or not held.described:
                continue
            hearing = hearings.get(leg.id, Hearing())
            held.waiting = hearing.treatment is Treatment.WAITING
            await self._hear(context, leg, hearing, keys)
        await self._record(context, mine, await self._find_pause(context, call))

    async def _announce(self, context: Context, call: Call) -> Call:
        """A call with whether it is being said in it that it is recorded; it is looked at again when that has been said."""
        conversation = call.conversation
        if conversation.recording_state is RecordingState.NONE:
            return call
        announcement = await self._archive.find_announcement(context, conversation.id)
        left = timedelta(0) if announcement is None else announcement.until_at - context.now()
        if left <= timedelta(0):
            return call
        self._again((conversation.organization_id, conversation.id, None), left / timedelta(seconds=1))
        return replace(call, announcing=True)

    async def _hear(self, context: Context, leg: Leg, hearing: Hearing, keys: dict[str, str]) -> None:
        place = None
        if hearing.treatment is Treatment.WAITING and leg.conversation_id is not None:
            async with context.reader() as reader:
                place = await estimate_wait(reader, leg.organization_id, leg.conversation_id)
        position, wait = place or (None, None)
        self._engine.hear(leg.key, choose_source(hearing, keys, position=position, wait=wait))
        self._engine.silence(leg.key, hearing.silenced)

    async def _find_pause(self, context: Context, call: Call | None) -> Pause | None:
        if call is None or call.conversation.recording_state is not RecordingState.PAUSED:
            return None
        return await self._archive.find_pause(context, call.conversation.id)

    async def _record(self, context: Context, mine: dict[str, Leg], pause: Pause | None) -> None:
        """Begin the recordings that are open, end those that are not, and pause them or go on.

        The pause first: what begins while it lasts begins paused.
        """
        for held in self._described(mine):
            await self._pause(context, held, pause)
        open_ones = await self._archive.find_open(context, [leg.id for leg in mine.values()])
        for held in self._described(mine):
            wanted = open_ones.get(held.leg.id)
            if held.recording_id is not None and (wanted is None or wanted.id != held.recording_id):
                self.stop_recording(held)
            if wanted is None or held.recording_id is not None or wanted.id in held.refused:
                continue
            sink = await self._archive.begin(context, wanted)
            if sink is None:
                held.refused.add(wanted.id)
                continue
            self._engine.record(held.leg.key, sink)
            held.recording_id = wanted.id
            await self._pause(context, held, pause)

    def _described(self, mine: dict[str, Leg]) -> list[Held]:
        found = (self.held.get(key) for key in mine)
        return [held for held in found if held is not None and held.described]

    async def _pause(self, context: Context, held: Held, pause: Pause | None) -> None:
        """Keep nothing of a leg while a pause lasts, and say so once for each recording; then go on."""
        key, recording_id = held.leg.key, held.recording_id
        if pause is not None:
            silent_from = self._engine.pause_recording(key, pause.from_at)
            said = (pause.id, recording_id or "")
            if silent_from is not None and recording_id is not None and held.silent != said:
                await pausing.confirm_silence(context, pause.id, recording_id, silent_from)
                held.silent = said
            return
        heard_from = self._engine.resume_recording(key)
        if held.silent is not None and heard_from is not None:
            await pausing.confirm_sound(context, *held.silent, heard_from)
        held.silent = None


def _waits_to_enter(call: Call, leg: Leg) -> bool:
    participant = call.participant_of(leg)
    waits = participant is not None and participant.state in {CallState.ALERTING, CallState.CONTACTING}
    return waits and nodes.enters(call, leg)
