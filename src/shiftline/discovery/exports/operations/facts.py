"""The frozen facts of an export, read page by page."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from shiftline.discovery.exports.errors import ExportNotFound, ExportRefused
from shiftline.discovery.exports.operations.tools import Tools
from shiftline.discovery.exports.store import frozen
from shiftline.discovery.exports.store.frozen import Kept
from shiftline.discovery.model import Content, Conversation, Export, RecordedLeg
from shiftline.foundation.context import Context
from shiftline.messaging.operations.transcripts import object_key
from shiftline.recordings.model import Recording, State
from shiftline.recordings.operations import handing

PAGE = 200
_PIECE = 4 * 1024 * 1024


class FrozenFacts:
    """All of an export; sound is looked up as it is asked for."""

    def __init__(self, context: Context, tools: Tools, export: Export) -> None:
        self._context = context
        self._tools = tools
        self._export = export

    @property
    def export(self) -> Export:
        """The export itself."""
        return self._export

    async def conversations(self) -> AsyncIterator[Conversation]:
        """Every conversation, by position."""
        async for kept in self.kept():
            yield proven(kept)

    async def kept(self, after: int = 0) -> AsyncIterator[Kept]:
        """Every conversation after a position, with it."""
        while True:
            async with self._context.reader() as reader:
                page = await frozen.list_conversations(
                    reader, self._context.organization_id, self._export.id, after=after, limit=PAGE
                )
            for each in page:
                yield each
            if len(page) < PAGE:
                return
            after = page[-1].position

    async def content(self, content: Content) -> AsyncIterator[bytes]:
        """Plain bytes of an attachment or an e-mail."""
        async for chunk in read_kept(self._context, self._tools, content):
            yield chunk


class PageFacts:
    """Some conversations of an export, with the recordings that their sound comes from."""

    def __init__(self, context: Context, tools: Tools, export: Export, recordings: Mapping[str, Recording]) -> None:
        self._context = context
        self._tools = tools
        self._export = export
        self._recordings = recordings

    @property
    def export(self) -> Export:
        """The export itself."""
        return self._export

    async def conversations(self) -> AsyncIterator[Conversation]:
        """None: a page is of files of single conversations."""
        return
        yield

    async def content(self, content: Content) -> AsyncIterator[bytes]:
        """Plain bytes, in pieces. Raises ExportRefused for a sound that is not there any more."""
        recording = self._recordings.get(content.id)
        if recording is None:
            stream = read_kept(self._context, self._tools, content)
        elif recording.state is not State.SEALED:
            raise ExportRefused(
                "export.source.gone", f"The recording {content.id} was frozen, and is {recording.state.value} now."
            )
        else:
            stream = handing.stream_sound(self._tools.vault, recording)
        async for chunk in stream:
            yield chunk


async def read_kept(context: Context, tools: Tools, content: Content) -> AsyncIterator[bytes]:
    """An attachment or e-mail, which is an object by its digest. Raises ExportRefused, Unavailable."""
    key = object_key(context.organization_id, content.sha256)
    for start in range(0, max(content.size, 1), _PIECE):
        stop = min(start + _PIECE, content.size)
        if start == stop:
            return
        chunk = await tools.vault.objects.get_range(key, start, stop)
        if chunk is None:
            raise ExportRefused("export.source.gone", f"The file {content.id} was frozen, and is not kept any more.")
        yield chunk


async def load_export(context: Context, export_id: str) -> Export:
    """What an export is, with the ledger's part once that is known. Raises ExportNotFound."""
    async with context.reader() as reader:
        found = await frozen.find_frozen(reader, context.organization_id, export_id)
    if found is None:
        raise ExportNotFound(export_id)
    return replace(found[0], ledger=found[1])


async def page_facts(
    context: Context, tools: Tools, export: Export, conversations: Sequence[Conversation]
) -> PageFacts:
    """The facts of some conversations."""
    ids = [each.id for each in conversations if each.sealed]
    async with context.reader() as reader:
        recordings = await handing.find_of_conversations(reader, context.organization_id, ids) if ids else {}
    return PageFacts(context, tools, export, recordings)


def proven(kept: Kept) -> Conversation:
    """A conversation with the proofs of what was sealed of it."""
    conversation = kept.conversation
    return replace(
        conversation,
        recordings=_proven(kept, conversation.recordings),
        transcripts=_proven(kept, conversation.transcripts),
    )


def _proven(kept: Kept, legs: Sequence[RecordedLeg]) -> tuple[RecordedLeg, ...]:
    return tuple(replace(leg, proofs=kept.proofs.get(leg.metadata.recording_id, ())) for leg in legs)
