"""A run takes an export from step to step; each may be done again, and a later run goes on where an earlier one died.

draft -> frozen -> proven -> planned -> stored -> logged -> manifested -> stamped -> tagged -> timestamped -> anchored -> sealed
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from shiftline.discovery import bag
from shiftline.discovery.anchors import timestamps
from shiftline.discovery.errors import SourceDiffers
from shiftline.discovery.exports.destinations.placing import Store, open_store
from shiftline.discovery.exports.errors import ExportNotFound, ExportRefused, Superseded, Waiting
from shiftline.discovery.exports.model import ExportProblem, ExportState, Phase, PlannedObject, Status, Step, Token
from shiftline.discovery.exports.operations import planning, stamping
from shiftline.discovery.exports.operations.facts import FrozenFacts, load_export, page_facts, proven
from shiftline.discovery.exports.operations.freezing import freeze
from shiftline.discovery.exports.operations.proving import prove
from shiftline.discovery.exports.operations.sealing import check_destination, seal
from shiftline.discovery.exports.operations.storing import Storing, advanced
from shiftline.discovery.exports.operations.tools import Tools
from shiftline.discovery.exports.store import frozen, states
from shiftline.discovery.model import Stored, Totals
from shiftline.discovery.package import building
from shiftline.discovery.package.building import Evidence, Signing
from shiftline.discovery.package.conversations import files_of
from shiftline.discovery.package.files import PackageFile
from shiftline.discovery.package.summing import summarize
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Refusal, Unavailable

log = structlog.get_logger()

BEAT = 5.0
"""Seconds between a run's signs of life."""

TOLD: Mapping[Step, str] = {
    Step.PROVEN: "The ledger's proofs of it were kept.",
    Step.PLANNED: "Every object has its place and its hash.",
    Step.STORED: "The payload is stored.",
    Step.LOGGED: "The export log is stored.",
    Step.MANIFESTED: "The manifest is stored.",
    Step.STAMPED: "The manifest's timestamp was kept, where an authority is set.",
    Step.TAGGED: "Certificate, instructions and the tag manifest are stored.",
    Step.TIMESTAMPED: "The tag manifest's timestamp was kept, where an authority is set.",
    Step.ANCHORED: "Tokens and attestation are stored.",
}


class Run:
    """One run of an export."""

    def __init__(self, context: Context, tools: Tools, export: ExportState) -> None:
        self.context = context
        self.tools = tools
        self.export = export
        self.run_number = export.run
        self._store: Store | None = None
        self._facts: FrozenFacts | None = None

    async def facts(self) -> FrozenFacts:
        """What was frozen."""
        if self._facts is None:
            export = await load_export(self.context, self.export.id)
            self._facts = FrozenFacts(self.context, self.tools, export)
        return self._facts

    async def held(self) -> "Rows":
        """What is stored, by the rows."""
        return Rows(self.context, self.export.id)

    async def store(self) -> Store:
        """The destination, open; where it begins anew, with all that was stored before."""
        if self._store is None:
            needed = self.export.total_bytes - self.export.stored_bytes
            self._store = await open_store(self.export, self.tools.places, needed=needed)
            if self._store.in_order:
                await self._storing(self._store).replay()
        return self._store

    def _storing(self, store: Store) -> Storing:
        together = 1 if store.in_order else self.tools.together
        return Storing(self.context, self.export, store, self.find_files, together)

    async def store_waiting(self) -> None:
        """Store all objects that are planned and wait."""
        await self._storing(await self.store()).run()

    async def close(self) -> None:
        """Let go of the destination."""
        if self._store is not None:
            await self._store.close()

    async def find_files(self, planned: Sequence[PlannedObject]) -> list[PackageFile]:
        """The files of some objects, made anew from what was frozen and kept."""
        facts = await self.facts()
        positions = {each.position for each in planned if each.position is not None}
        by_path: dict[str, PackageFile] = {}
        if positions:
            async with self.context.reader() as reader:
                kept = await frozen.find_conversations(reader, self.context.organization_id, self.export.id, positions)
            conversations = [proven(each) for each in kept]
            told = await page_facts(self.context, self.tools, facts.export, conversations)
            by_path = {file.path: file for each in conversations for file in files_of(told, each)}
        others = {each.path: each for each in planned if each.position is None}
        if others:
            by_path |= await self._other_files({each.phase for each in others.values()}, others)
        return [
            planning.find_file(iter([by_path[each.path]] if each.path in by_path else []), each.path)
            for each in planned
        ]

    async def _other_files(self, phases: set[Phase], wanted: Mapping[str, PlannedObject]) -> dict[str, PackageFile]:
        facts, found = await self.facts(), list[PackageFile]()
        if Phase.PAYLOAD in phases:
            found += building.over_all(facts)
        if Phase.LOG in phases:
            found += building.log_files(facts, await self.held())
        if Phase.TAG in phases:
            found.append(building.manifest_file(await self.held()))
            if any(each.phase is Phase.TAG and path != bag.MANIFEST for path, each in wanted.items()):
                found += [*await self.tags(), await self.tag_manifest()]
        if Phase.ANCHOR in phases:
            found += await self.anchors()
        return {file.path: file for file in found if file.path in wanted}

    async def signing(self) -> Signing:
        """By what the package is bound."""
        assert self.export.attestation_key is not None
        key = self.tools.find_key(self.export.organization_id, bytes(self.export.attestation_key))
        token = await self.token(bag.MANIFEST)
        roots = () if token is None else tuple(timestamps.load_roots(token.roots))
        return Signing(key=key, roots=roots)

    async def token(self, path: str) -> Token | None:
        """The token over a file, once it was kept."""
        async with self.context.reader() as reader:
            return await states.find_token(reader, self.context.organization_id, self.export.id, path)

    async def object(self, path: str) -> PlannedObject:
        """An object that was planned."""
        async with self.context.reader() as reader:
            found = await states.find_object(reader, self.context.organization_id, self.export.id, path)
        assert found is not None
        return found

    async def tags(self) -> list[PackageFile]:
        """The tag files."""
        facts, manifest = await self.facts(), await self.object(bag.MANIFEST)
        token = await self.token(bag.MANIFEST)
        async with self.context.reader() as reader:
            totals: Totals = await states.total_payload(reader, self.context.organization_id, self.export.id)
        evidence = Evidence(
            totals=totals,
            manifest_sha256=manifest.sha256,
            manifest_token=None if token is None else token.response,
        )
        return list(building.tag_files(facts.export, await summarize(facts), await self.signing(), evidence))

    async def tag_manifest(self) -> PackageFile:
        """The tag manifest, over the tag files as they were planned."""
        async with self.context.reader() as reader:
            tags: list[Stored] = await states.list_tags(reader, self.context.organization_id, self.export.id)
        return building.tag_manifest_file([each for each in tags if each.path != bag.TAG_MANIFEST])

    async def anchors(self) -> list[PackageFile]:
        """What comes after the tag manifest."""
        facts, root = await self.facts(), await self.object(bag.TAG_MANIFEST)
        token = await self.token(bag.TAG_MANIFEST)
        response = None if token is None else token.response
        return list(building.anchor_files(facts.export, await self.signing(), root.sha256, response))


@dataclass(slots=True)
class Rows:
    """What is stored below ``data/``, as the export log and the manifest want it."""

    context: Context
    export_id: str

    def payload(self) -> AsyncIterator[Stored]:
        """All."""
        return states.list_payload(self.context, self.export_id)

    def of_agent(self, agent_id: str) -> AsyncIterator[Stored]:
        """Of one agent."""
        return states.list_payload(self.context, self.export_id, agent_id)


async def _freeze(run: Run) -> None:
    await freeze(run.context, run.tools, run.export)


async def _prove(run: Run) -> None:
    await prove(run.context, run.export)


async def _plan(run: Run) -> None:
    await planning.plan_payload(run.context, run.tools, run.export, await run.facts())


async def _store_payload(run: Run) -> None:
    await run.store_waiting()


async def _log(run: Run) -> None:
    files = list(building.log_files(await run.facts(), await run.held()))
    await planning.plan_files(run.context, run.export, Phase.LOG, files)
    await run.store_waiting()


async def _manifest(run: Run) -> None:
    await planning.plan_files(run.context, run.export, Phase.TAG, [building.manifest_file(await run.held())])
    await run.store_waiting()


async def _stamp_manifest(run: Run) -> None:
    await stamping.stamp(run.context, run.tools, run.export, await run.object(bag.MANIFEST))


async def _tag(run: Run) -> None:
    manifest = planning.stored_of(await run.object(bag.MANIFEST))
    await planning.plan_tags(run.context, run.export, manifest, await run.tags())
    await run.store_waiting()


async def _stamp_tags(run: Run) -> None:
    first, second = await run.object(bag.MANIFEST), await run.object(bag.TAG_MANIFEST)
    await stamping.stamp_alike(run.context, run.tools, run.export, second, first)


async def _anchor(run: Run) -> None:
    await planning.plan_files(run.context, run.export, Phase.ANCHOR, await run.anchors())
    await run.store_waiting()


async def _seal(run: Run) -> None:
    store = await run.store()
    await store.finish()
    await check_destination(run.context, run.export, store)
    await seal(run.context, run.export, (await run.object(bag.TAG_MANIFEST)).sha256, await run.token(bag.TAG_MANIFEST))


STEPS: Mapping[Step, tuple[Step, Callable[[Run], Awaitable[None]]]] = {
    Step.DRAFT: (Step.FROZEN, _freeze),
    Step.FROZEN: (Step.PROVEN, _prove),
    Step.PROVEN: (Step.PLANNED, _plan),
    Step.PLANNED: (Step.STORED, _store_payload),
    Step.STORED: (Step.LOGGED, _log),
    Step.LOGGED: (Step.MANIFESTED, _manifest),
    Step.MANIFESTED: (Step.STAMPED, _stamp_manifest),
    Step.STAMPED: (Step.TAGGED, _tag),
    Step.TAGGED: (Step.TIMESTAMPED, _stamp_tags),
    Step.TIMESTAMPED: (Step.ANCHORED, _anchor),
    Step.ANCHORED: (Step.SEALED, _seal),
}
_OWN = {Step.FROZEN, Step.SEALED}
"""Steps that write down themselves that they are reached, in the transaction in which they are."""


async def run_export(context: Context, tools: Tools, export_id: str, run: int) -> None:
    """Go on with an export until it is sealed, waits, or cannot go on; what is wrong is kept with it.

    Raises Waiting and Unavailable when it is to be tried again later.
    """
    state = await _find(context, export_id)
    if state.status is not Status.RUNNING or state.run != run:
        return
    going = Run(context, tools, state)
    try:
        async with context.transaction() as tx:
            if not await states.keep_alive(tx, export_id, run):
                return
        async with _beating(going):
            await _go(going)
    except Superseded:
        log.info("export.superseded", export_id=export_id, run=run)
    except (Waiting, Unavailable) as error:
        told = error.message if isinstance(error, Unavailable) else str(error)
        await _wait(context, export_id, run, told)
        raise
    except (ExportRefused, SourceDiffers, Refusal) as error:
        await _fail(context, export_id, run, error.code, error.message)
    except Exception as error:
        log.exception("export.failed", export_id=export_id, error=str(error))
        told = f"The worker met an error that it does not know ({type(error).__name__}, see its log under {export_id})."
        await _fail(context, export_id, run, "export.error", told)
    finally:
        await going.close()


@contextlib.asynccontextmanager
async def _beating(going: Run) -> AsyncGenerator[None]:
    """Say again and again that the run lives. Not while it freezes: that says so itself, by a lock."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(BEAT)
            if going.export.step is Step.DRAFT:
                continue
            with contextlib.suppress(Unavailable):
                async with going.context.transaction() as tx:
                    await states.keep_alive(tx, going.export.id, going.run_number)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)


async def _go(going: Run) -> None:
    while going.export.status is Status.RUNNING and going.export.step in STEPS:
        before = going.export.step
        after, work = STEPS[before]
        await work(going)
        if after not in _OWN:
            await _advance(going, before, after)
        going.export = await _find(going.context, going.export.id)
        if going.export.run != going.run_number:
            raise Superseded
        await _tell(going.context, going.export)


async def _advance(going: Run, before: Step, after: Step) -> None:
    export = going.export
    async with going.context.transaction() as tx:
        if not await states.advance(tx, export.id, export.run, before, after):
            raise Superseded
        await states.insert_step(tx, export.id, export.run, after.value, TOLD[after])


async def _tell(context: Context, export: ExportState) -> None:
    async with context.transaction() as tx:
        tx.record(advanced(export))


async def _find(context: Context, export_id: str) -> ExportState:
    async with context.reader() as reader:
        found = await states.find_export(reader, context.organization_id, export_id)
    if found is None:
        raise ExportNotFound(export_id)
    return found


async def _wait(context: Context, export_id: str, run: int, sentence: str) -> None:
    async with context.transaction() as tx:
        problem = ExportProblem("export.waits", sentence, context.now())
        await states.set_problem(tx, export_id, run, problem)


async def _fail(context: Context, export_id: str, run: int, code: str, sentence: str) -> None:
    log.warning("export.refused", export_id=export_id, code=code, sentence=sentence)
    async with context.transaction() as tx:
        state = await states.lock_export(tx, export_id)
        if state is None or state.run != run:
            return
        problem = ExportProblem(code, sentence, context.now())
        if await states.set_status(tx, export_id, Status.FAILED, coming_from=[Status.RUNNING], problem=problem):
            await states.insert_step(tx, export_id, run, "failed", sentence)
            found = await states.find_export(tx, context.organization_id, export_id)
            assert found is not None
            tx.record(advanced(found))
