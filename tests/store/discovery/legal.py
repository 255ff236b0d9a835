"""An organization with recorded calls, and what its worker needs to export them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.store.recordings.conftest import Room
from tests.unit.discovery.sample import Authority as Openssl
from tests.unit.recordings.sounds import tone

from shiftline.discovery.anchors.attestations import load_public
from shiftline.discovery.exports.destinations.placing import Places
from shiftline.discovery.exports.errors import Waiting
from shiftline.discovery.exports.model import (
    Destination,
    ExportDraft,
    ExportState,
    LogFilter,
    Place,
    Selection,
    Status,
)
from shiftline.discovery.exports.operations import asking
from shiftline.discovery.exports.operations.running import run_export
from shiftline.discovery.exports.operations.tools import Authority, Tools
from shiftline.discovery.verification.model import Report, Trust
from shiftline.discovery.verification.verifying import verify_package
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.web.paging import Page
from shiftline.ledger.keys import SigningKeys
from shiftline.ledger.operations.sequencing import Notary, sequence_waiting
from shiftline.ledger.rules.checkpoints import format_verifier, name_log
from shiftline.recordings.model import Recording


@dataclass
class Legal:
    """A tenant's legal people, and the worker."""

    room: Room
    folder: Path
    keys: SigningKeys
    openssl: Openssl | None = None
    places: Places = field(default_factory=Places)
    stamps: int = 0
    asked: Authority | None = None
    """Asked instead of ``openssl``, whose tokens are still those that count."""

    @property
    def admin(self) -> Context:
        return self.room.tenant.context

    @property
    def worker(self) -> Context:
        return self.admin.acting_as(Actor(self.admin.organization_id, "system"))

    @property
    def tools(self) -> Tools:
        return Tools(
            vault=self.room.vault,
            keys=self.keys,
            places=self.places,
            software="Shiftline test",
            authority=self.asked or self._own(),
            together=4,
        )

    def _own(self) -> Authority | None:
        return None if self.openssl is None else Authority("test", self._ask, self.openssl.roots)

    async def _ask(self, request: bytes) -> bytes:
        assert self.openssl is not None
        self.stamps += 1
        return self.openssl.answer(request)

    async def calls(self, count: int, seconds: float = 0.2) -> list[Recording]:
        """Recorded calls of the agent with callers, one after another."""
        found: list[Recording] = []
        for nth in range(count):
            conversation, participant = await self.room.calls.talk(self.room.agent.id)
            opened = await self.room.open_for(conversation, participant)
            found.append(await self.room.record(opened, tone(seconds + nth / 100)))
            await self.room.calls.hang_up(conversation)
        await self.room.tenant.news()
        return found

    async def create(self, name: str = "one", place: Place = Place.FOLDER, **more: Any) -> ExportState:
        """An export of all that there is, unless told otherwise."""
        draft = ExportDraft(
            matter_name=more.pop("matter_name", "Doe v. Example: Łódź"),
            reason="request for production no. 3",
            selection=more.pop("selection", Selection()),
            destination=more.pop("destination", Destination(place=place, name=name, **more.pop("locks", {}))),
            **more,
        )
        return await asking.create_export(self.admin, self.places, draft)

    async def sequence(self) -> None:
        notary = Notary(self.keys, "localhost")
        while await sequence_waiting(self.admin.acting_as(Actor("", "system")), notary):
            pass

    async def run(self, export: ExportState, run: int | None = None) -> ExportState:
        """What the worker's job does; the ledger gets its places meanwhile."""
        for _ in range(6):
            try:
                await run_export(self.worker, self.tools, export.id, run or (await self.state(export)).run)
            except Waiting:
                await self.sequence()
            except Unavailable:
                await asyncio.sleep(1)
            else:
                break
        return await self.state(export)

    async def sealed(self, **more: Any) -> ExportState:
        """An export from its beginning to its seal."""
        export = await self.run(await self.create(**more))
        assert export.status is Status.SEALED, export.problem
        return export

    async def state(self, export: ExportState) -> ExportState:
        return await asking.get_export(self.admin, export.id)

    async def log(self, export: ExportState, **wanted: Any) -> list[Any]:
        found, _ = await asking.list_log(self.admin, export.id, LogFilter(**wanted), Page(10_000, 1))
        return found

    def path(self, name: str = "one") -> Path:
        assert self.places.folder is not None
        return self.places.folder / "org-1" / name

    def verify(self, export: ExportState, source: Any = None) -> Report:
        """What counsel does, with the keys from elsewhere."""
        assert export.attestation_key is not None
        trust = Trust(
            key=load_public(bytes(export.attestation_key)),
            roots=() if self.openssl is None else self.openssl.roots,
            log_keys=tuple(format_verifier(each) for each in self.keys.verifiers(name_log("localhost", "org-1"))),
            organization_id="org-1",
        )
        return verify_package(source or self.path(export.destination.name), trust)

    def placed(self, **more: Any) -> "Legal":
        return replace(self, places=replace(self.places, **more))


def files(folder: Path, prefix: str = "") -> Sequence[str]:
    return sorted(prefix + path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
