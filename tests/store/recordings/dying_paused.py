"""A media node that is told of a pause while it records, and kills itself at a step of it.

Arguments: database URL, folder, recording, conversation, the step, seconds since 1970 at which the recording began.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.conftest import SettableClock
from tests.store.recordings.dying import die
from tests.unit.calls.media.test_recorder_pause import packet

from shiftline.calls.media.recorder import Recorder
from shiftline.calls.node.recording import SpoolSink
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.recordings.control.model import Pause
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations import pausing
from shiftline.recordings.operations.opening import get_data_key
from shiftline.recordings.spool.files import Spool

BEGINS, ENDS, LASTS = 2.0, 5.0, 8.0
HEARD = 0.1
"""Seconds after a pause's begin or end at which the node hears of it."""

# At which second it dies, and whether that is before or after what happens then.
STEPS: dict[str, float] = {
    "before it hears of the pause": BEGINS + 0.08,
    "with nothing kept and nobody told": -BEGINS,
    "as soon as that is told": BEGINS + HEARD + 0.02,
    "with a chunk on the disk": BEGINS + 0.54,
    "in the middle": BEGINS + 1.5,
    "before it hears of the end": ENDS + 0.08,
    "with the last words still under way": ENDS + HEARD + 0.04,
    "after it": ENDS + 1.5,
}


async def main(url: str, folder: Path, recording_id: str, conversation_id: str, step: str, began: str) -> None:
    clock, dies = SettableClock(), STEPS[step]
    start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(began))
    clock.set(start)
    database = Database(url)
    await database.open()
    context = Context(database, clock, Actor("org-1", "system"))
    key = await get_data_key(context, recording_id, Keys(folder / "keys.json"))
    file = Spool(folder / "spool", clock).begin("org-1", recording_id, key)
    recorder = Recorder(SpoolSink(file, lambda _: None), {}, start, 0.0)
    pause: Pause | None = None
    for number in range(int(LASTS * 50)):
        at = number / 50
        clock.set(start + timedelta(seconds=at))
        if 0 < dies <= at:
            die()
        if at == BEGINS:
            async with context.transaction() as tx:
                pause = await pausing.begin_pause_in(tx, conversation_id)
        if at == ENDS:
            async with context.transaction() as tx:
                await pausing.end_pause_in(tx, conversation_id)
        if at == BEGINS + HEARD and pause is not None:
            silent = recorder.pause(pause.from_at, at)
            if dies < 0:
                die()
            await pausing.confirm_silence(context, pause.id, recording_id, silent)
        if at == ENDS + HEARD and pause is not None and (heard := recorder.resume(at)) is not None:
            await pausing.confirm_sound(context, pause.id, recording_id, heard)
        recorder.add(packet(number, [(BEGINS, ENDS)]), at)
        recorder.advance(at)
        file.flush()  # as often as can be: all that is written is on the disk


if __name__ == "__main__":
    _, url, folder, *rest = sys.argv
    asyncio.run(main(url, Path(folder), *rest))
