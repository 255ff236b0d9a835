"""Objects are planned: each file is rendered once for its hash, and gets its place in the chain of custody."""

import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence

from shiftline.discovery import bag
from shiftline.discovery.exports import rules
from shiftline.discovery.exports.errors import ExportRefused, Superseded
from shiftline.discovery.exports.model import FIRST_PREVIOUS, ExportState, Phase, PlannedObject
from shiftline.discovery.exports.operations.facts import PAGE, FrozenFacts, page_facts, proven
from shiftline.discovery.exports.operations.tools import Tools
from shiftline.discovery.exports.store import frozen, states
from shiftline.discovery.exports.store.frozen import Kept
from shiftline.discovery.model import Stored
from shiftline.discovery.package.building import over_all, tag_manifest_file
from shiftline.discovery.package.conversations import files_of
from shiftline.discovery.package.files import PackageFile
from shiftline.foundation.context import Context


async def plan_payload(context: Context, tools: Tools, export: ExportState, facts: FrozenFacts) -> None:
    """Plan conversations, page by page, then what is written over all of them. What is planned already stays."""
    until = export.planned_until
    while True:
        async with context.reader() as reader:
            page = await frozen.list_conversations(reader, context.organization_id, export.id, after=until, limit=PAGE)
        if not page:
            break
        planned = await _plan_page(context, tools, facts, page)
        until = page[-1].position
        await _keep(context, export, planned, until)
    async with context.reader() as reader:
        there = await states.find_object(reader, context.organization_id, export.id, _last_over_all(facts))
    if there is None:
        await _keep(context, export, [await measure(each, Phase.PAYLOAD) for each in over_all(facts)], until)


async def _plan_page(context: Context, tools: Tools, facts: FrozenFacts, page: Sequence[Kept]) -> list[PlannedObject]:
    conversations = [proven(each) for each in page]
    told = await page_facts(context, tools, facts.export, conversations)
    return [
        await measure(file, Phase.PAYLOAD, kept.position)
        for kept, conversation in zip(page, conversations, strict=True)
        for file in files_of(told, conversation)
    ]


def _last_over_all(facts: FrozenFacts) -> str:
    return [each.path for each in over_all(facts)][-1]


async def plan_files(
    context: Context, export: ExportState, phase: Phase, files: Sequence[PackageFile]
) -> list[PlannedObject]:
    """Plan some files at once, unless they are planned; they are known by the last of them."""
    async with context.reader() as reader:
        if await states.find_object(reader, context.organization_id, export.id, files[-1].path) is not None:
            return []
    planned = [await measure(file, phase) for file in files]
    await _keep(context, export, planned, export.planned_until)
    return planned


async def plan_tags(context: Context, export: ExportState, manifest: Stored, files: Sequence[PackageFile]) -> None:
    """Plan the tag files and the tag manifest over them and the manifest, unless they are planned."""
    async with context.reader() as reader:
        if await states.find_object(reader, context.organization_id, export.id, bag.TAG_MANIFEST) is not None:
            return
    planned = [await measure(file, Phase.TAG) for file in files]
    tag_manifest = tag_manifest_file([manifest, *map(stored_of, planned)])
    planned.append(await measure(tag_manifest, Phase.TAG))
    await _keep(context, export, planned, export.planned_until)


async def measure(file: PackageFile, phase: Phase, position: int | None = None) -> PlannedObject:
    """A file with its hash: known, or found by rendering it once. It has no place in the chain yet."""
    sha256, size = file.sha256, file.size
    if sha256 is None or size is None:
        sha256, size = await _render(file.stream())
    return PlannedObject(
        sequence=0,
        path=file.path,
        phase=phase,
        media_type=file.media_type,
        size=size,
        sha256=sha256,
        previous="",
        position=position,
        number=file.number,
        conversation_id=file.conversation_id,
        agent_ids=file.agent_ids,
        schema=file.schema,
    )


def stored_of(planned: PlannedObject) -> Stored:
    """An object as it will be stored."""
    return Stored(path=planned.path, size=planned.size, sha256=planned.sha256, media_type=planned.media_type)


async def _render(stream: AsyncIterator[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    async for chunk in stream:
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


async def _keep(context: Context, export: ExportState, planned: Sequence[PlannedObject], until: int) -> None:
    """Keep objects behind those that are planned. Raises Superseded."""
    async with context.transaction() as tx:
        last = await states.last_object(tx, context.organization_id, export.id)
        sequence, previous = last or (0, FIRST_PREVIOUS.hex())
        chained = list(rules.chain(planned, sequence, previous))
        if not await states.insert_objects(tx, export.id, export.run, chained, until):
            raise Superseded


def find_file(files: Iterator[PackageFile], path: str) -> PackageFile:
    """The file of a path. Raises ExportRefused when it is not made any more."""
    for file in files:
        if file.path == path:
            return file
    raise ExportRefused(
        "export.version.differs",
        f"{path} was planned and is not made any more: another version of Shiftline began this export. Finish it with that "
        "version, or begin a new one.",
    )
