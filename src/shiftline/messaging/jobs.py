"""What is done without a caller: browsers that never wrote are forgotten, what was written is sealed."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every, job, on
from shiftline.messaging.operations.guests import forget_unused_guests
from shiftline.messaging.operations.purging import PURGE, ask_late, ask_purge, purge_transcript
from shiftline.messaging.operations.recording import JOB, seal_late, seal_written
from shiftline.recordings.deletion.events import RecordingDestroyed
from shiftline.recordings.operations.vault import Vault


@every(timedelta(minutes=10))
async def forget_guests(context: Context) -> None:
    """Forget guests that opened a page an hour ago and wrote nothing."""
    await forget_unused_guests(context)


@every(timedelta(minutes=1))
async def seal_late_transcripts(context: Context) -> None:
    """Transcripts whose sealing failed are tried again."""
    await seal_late(context)


@every(timedelta(minutes=2))
async def purge_late_transcripts(context: Context) -> None:
    """What was written and should have gone is asked for again."""
    await ask_late(context)


@on(RecordingDestroyed)
async def purge_destroyed(context: Context, destroyed: RecordingDestroyed) -> None:
    """What was written goes with its recording."""
    await ask_purge(context, destroyed.conversation_id)


def make_jobs(vault: Vault) -> None:
    """Make the jobs that need the objects and the keys; the worker does so once, when it has them."""

    @job(JOB)
    async def seal(context: Context, recording_id: str, conversation_id: str) -> None:
        await seal_written(context, vault, recording_id, conversation_id)

    @job(PURGE)
    async def purge(context: Context, conversation_id: str) -> None:
        await purge_transcript(context, vault.objects, conversation_id)

    del seal, purge
