"""An export to a disk that is full, or becomes so: it stops with a sentence, seals nothing, and goes on once there is room."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.small_disk import SmallDisk, small_disk
from tests.store.discovery.legal import Legal, files

from shiftline.discovery.exports.destinations import folders, zips
from shiftline.discovery.exports.model import ExportState, Place, Status, Step
from shiftline.discovery.exports.operations import asking

KINDS = [(Place.FOLDER, folders.FolderStore), (Place.ZIP, zips.ZipStore)]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "exports", "24m") as made:
        yield made


async def refused(legal: Legal, export: ExportState) -> str:
    """It is failed and said to be, and the ledger has no seal of it."""
    assert export.status is Status.FAILED
    assert export.problem is not None
    assert export.problem.code == "export.destination.full"
    assert "make room there, or choose another destination (SHIFTLINE_EXPORT_FOLDER)" in export.problem.sentence
    assert not await legal.room.rows("select 1 from ledger.entry where kind = 'export.sealed'")
    assert not (legal.path().with_name("one.zip")).exists()
    assert files(legal.path().parent) == files(legal.path().parent / "one", "one/"), "nothing unfinished takes room"
    return export.problem.sentence


async def resumed(legal: Legal, export: ExportState, place: Place) -> None:
    """Once there is room, it goes on to its seal, and is verified."""
    await asking.resume_export(legal.admin, export.id)
    sealed = await legal.run(export)
    assert sealed.status is Status.SEALED, sealed.problem
    assert sealed.stored_objects == sealed.total_objects
    assert sorted(each.name for each in legal.path().parent.iterdir()) == [
        "one" if place is Place.FOLDER else "one.zip"
    ]
    if place is Place.FOLDER:
        assert len(files(legal.path())) == sealed.total_objects
    report = legal.verify(sealed, legal.path("one.zip") if place is Place.ZIP else None)
    assert report.holds, report.sentence


@pytest.mark.parametrize(("place", "kind"), KINDS)
async def test_a_disk_without_room_is_refused_before_anything_is_stored(
    legal: Legal, disk: SmallDisk, place: Place, kind: type[Any]
) -> None:
    del kind
    disk.enlarge("4m")
    await legal.calls(2)
    export = await legal.run(await legal.create(place=place))
    told = await refused(legal, export)
    assert f"The disk of {legal.path() if place is Place.FOLDER else legal.path().parent} has " in told
    assert " bytes free, and " in told
    assert (export.step, export.stored_objects) == (Step.PLANNED, 0)
    disk.enlarge("64m")
    await resumed(legal, export, place)


@pytest.mark.parametrize("nth", [1, 7, 30])
@pytest.mark.parametrize(("place", "kind"), KINDS)
async def test_a_disk_that_becomes_full_stops_it(
    legal: Legal, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch, place: Place, kind: type[Any], nth: int
) -> None:
    await legal.calls(2)
    export = await legal.create(place=place)
    inner, count = kind.create, 0

    async def create(self: Any, planned: Any, content: Any, custody: Any) -> bool:
        nonlocal count
        count += 1
        if count == nth:
            disk.fill()
        return await inner(self, planned, content, custody)

    monkeypatch.setattr(kind, "create", create)
    stopped = await legal.run(export)
    assert count >= nth
    assert "is full" in await refused(legal, stopped)
    disk.make_room()
    await resumed(legal, stopped, place)


@pytest.mark.parametrize(("place", "kind"), KINDS)
async def test_a_disk_that_becomes_full_at_the_very_end_seals_nothing(
    legal: Legal, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch, place: Place, kind: type[Any]
) -> None:
    """All is stored; a ZIP still wants its directory."""
    await legal.calls(1)
    export = await legal.create(place=place)
    inner = kind.finish

    async def finish(self: Any) -> None:
        disk.fill()
        await inner(self)

    monkeypatch.setattr(kind, "finish", finish)
    stopped = await legal.run(export)
    if place is Place.FOLDER:  # each object has been on the disk since long
        assert stopped.status is Status.SEALED
        return
    await refused(legal, stopped)
    monkeypatch.undo()
    disk.make_room()
    await resumed(legal, stopped, place)
