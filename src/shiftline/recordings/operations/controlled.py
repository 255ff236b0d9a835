"""What pauses, notes and policies add to recordings that somebody was shown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from shiftline.foundation.context import Context
from shiftline.recordings.control import store
from shiftline.recordings.control.model import Annotation, RecordedPause
from shiftline.recordings.model import Recording
from shiftline.recordings.operations.annotating import VIEW as NOTES
from shiftline.recordings.operations.pausing import list_pauses
from shiftline.recordings.operations.reading import judge_access
from shiftline.recordings.operations.reasons import list_guarded


@dataclass(frozen=True, slots=True)
class Controlled:
    """What lies in one recording, and whether who hears it says why."""

    pauses: Sequence[RecordedPause] = ()
    annotations: Sequence[Annotation] = ()
    reason_required: bool = False


@dataclass(frozen=True, slots=True)
class AllControlled:
    """The same of several."""

    pauses: Mapping[str, Sequence[RecordedPause]] = field(default_factory=dict[str, Sequence[RecordedPause]])
    annotations: Sequence[Annotation] = ()
    guarded: Collection[str] = ()

    def of(self, recording: Recording) -> Controlled:
        """What is of one recording."""
        notes = [each for each in self.annotations if each.recording_id == recording.id]
        return Controlled(self.pauses.get(recording.id, ()), notes, recording.id in self.guarded)


async def controlled_of(context: Context, found: Sequence[Recording]) -> AllControlled:
    """What pauses, notes and policies add to recordings that the caller may know of."""
    if not found:
        return AllControlled()
    ids, organization_id = [each.id for each in found], context.organization_id
    async with context.reader() as reader:
        return AllControlled(
            await list_pauses(reader, organization_id, ids),
            # COMPAT: the vendor leaves notes out for those who may not see them.
            await store.list_annotations(
                reader, organization_id, [each.id for each in found if _may_read(context, each)]
            ),
            await list_guarded(reader, organization_id, found),
        )


def _may_read(context: Context, recording: Recording) -> bool:
    return judge_access(context, recording, NOTES).allowed is True
