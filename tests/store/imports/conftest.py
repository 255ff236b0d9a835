"""A folder of exported recordings, and the room that takes it in."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.store.recordings.conftest import Room
from tests.store.recordings.conftest import room as room  # noqa: PLC0414 - a fixture
from tests.store.recordings.conftest import vault as vault  # noqa: PLC0414
from tests.unit.imports.files import FOLDER, metadata, wav

from shiftline.foundation.web.paging import Page
from shiftline.imports.model import Import, ImportDraft, Item, ItemFilter
from shiftline.imports.operations.reading import list_items
from shiftline.imports.operations.receiving import run_import
from shiftline.imports.operations.starting import start_import


@dataclass
class Archive:
    """What was exported elsewhere."""

    room: Room
    folder: Path

    def add(self, name: str, sound: bytes | None = None, *, text: str | None = None, **more: Any) -> None:
        """One recording; ``text`` instead of whole metadata."""
        place = self.folder / FOLDER
        place.mkdir(parents=True, exist_ok=True)
        if sound is not None:
            (place / name).write_bytes(sound)
        told = json.dumps(metadata(**{"recordingId": name, **more})) if text is None else text
        (place / f"{name}_metadata.json").write_text(told)

    def add_many(self, count: int) -> None:
        for number in range(count):
            self.add(f"recording-{number:05}", wav(0.5 + number / 1000), endTime=None)

    async def read(self, **more: Any) -> Import:
        asked: dict[str, Any] = {"reason": "moved to us", **more}
        draft = ImportDraft(str(self.folder), **asked)
        begun = await start_import(self.room.context, draft, deferred=False)
        return await run_import(self.room.context, self.room.vault, begun.id, self.folder)

    async def items(self, **more: Any) -> list[Item]:
        found, _ = await list_items(self.room.context, ItemFilter(**more), Page(size=10_000))
        return found


@pytest.fixture
def archive(room: Room, tmp_path: Path) -> Archive:
    folder = tmp_path / "org-1" / "exported"
    folder.mkdir(parents=True)
    return Archive(room, folder)
