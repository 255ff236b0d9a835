"""A node's recordings: begun in the spool with their own keys, sealed into the objects, and what a dead process left recovered."""

import asyncio
from collections.abc import Collection

import structlog

from shiftline.calls.node.recording import SpoolSink
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.objects import Objects
from shiftline.recordings.control.model import Announcement, Pause
from shiftline.recordings.errors import KeysUnavailable, KeyUnknown
from shiftline.recordings.keys import Keys
from shiftline.recordings.model import OpenRecording
from shiftline.recordings.operations import pausing
from shiftline.recordings.operations.opening import find_open, get_data_key
from shiftline.recordings.operations.sealing import lose_recording_in, recover_leftovers, seal_spooled
from shiftline.recordings.operations.vault import Vault
from shiftline.recordings.spool.files import Claimed, Spool, tell_spool

SYNC_EVERY = 1.0
"""Seconds of sound that a machine that loses power may lose; a killed process loses what is not yet a chunk."""
LOOK_EVERY = 10.0
LAST_PATIENCE = 4.0

log = structlog.get_logger()


class Archive:
    """What is being written here, and what is being sealed."""

    def __init__(self, context: Context, objects: Objects, keys: Keys, spool: Spool) -> None:
        self._context = context
        self._spool = spool
        self._vault = Vault(objects, keys)
        self._sealing: set[asyncio.Task[None]] = set()

    async def find_open(self, context: Context, leg_ids: Collection[str]) -> dict[str, OpenRecording]:
        """The recordings that are to be written, by leg."""
        if not leg_ids:
            return {}
        async with context.reader() as reader:
            return {each.leg_id: each for each in await find_open(reader, context.organization_id, leg_ids)}

    async def find_pause(self, context: Context, conversation_id: str) -> Pause | None:
        """The pause of a conversation that lasts."""
        async with context.reader() as reader:
            return await pausing.find_pause(reader, context.organization_id, conversation_id)

    async def find_announcement(self, context: Context, conversation_id: str) -> Announcement | None:
        """When it is said in a conversation that it is recorded."""
        async with context.reader() as reader:
            return await pausing.find_announcement(reader, context.organization_id, conversation_id)

    async def begin(self, context: Context, recording: OpenRecording) -> SpoolSink | None:
        """Begin to write a recording; None, and it is given up with its reason, where that cannot be."""
        try:
            data_key = await get_data_key(context, recording.id, self._vault.keys)
            file = self._spool.begin(recording.organization_id, recording.id, data_key)
        except FileExistsError:
            log.error("recording.spooled_already", recording_id=recording.id)  # noqa: TRY400 - it is known
            return None
        except (KeysUnavailable, KeyUnknown, OSError) as error:
            why = tell_spool(self._spool.folder, error) if isinstance(error, OSError) else error.message
            log.error("recording.not_begun", recording_id=recording.id, error=why)  # noqa: TRY400 - it is known
            async with context.transaction() as tx:
                await lose_recording_in(tx, recording.id, context.now(), why)
            return None
        return SpoolSink(file, lambda claimed: self._seal(claimed, data_key))

    async def run(self) -> None:
        """Bring what is written to the disk, and seal what others left, for ever."""
        looked = -LOOK_EVERY
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.to_thread(self._spool.sync)
            if loop.time() - looked >= LOOK_EVERY:
                looked = loop.time()
                await self._recover()
            await asyncio.sleep(SYNC_EVERY)

    async def close(self) -> None:
        """Wait for what is being sealed, a moment; the rest is a leftover for the next process."""
        if self._sealing:
            await asyncio.wait(self._sealing, timeout=LAST_PATIENCE)

    def _seal(self, claimed: Claimed, data_key: bytes) -> None:
        task = asyncio.create_task(self._seal_one(claimed, data_key))
        self._sealing.add(task)
        task.add_done_callback(self._sealing.discard)

    async def _seal_one(self, claimed: Claimed, data_key: bytes) -> None:
        mine = self._context.acting_as(Actor(claimed.organization_id, "system"))
        try:
            await seal_spooled(mine, self._vault, claimed, data_key)
        except (Unavailable, OSError) as error:
            # It stays in the spool, and is found there as a leftover.
            why = tell_spool(self._spool.folder, error) if isinstance(error, OSError) else error.message
            log.error("recording.not_sealed", recording_id=claimed.recording_id, error=why)  # noqa: TRY400 - it is known
        except Exception as error:
            log.exception("recording.not_sealed", recording_id=claimed.recording_id, error=str(error))

    async def _recover(self) -> None:
        try:
            for recording in await recover_leftovers(self._context, self._vault, self._spool):
                log.info("recording.recovered", recording_id=recording.id, ended_by=recording.ended_by)
        except Unavailable as error:
            log.warning("recording.recovery_postponed", error=error.message)
