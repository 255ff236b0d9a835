"""Exports to a folder and a ZIP: frozen, packed, stored, sealed, and verified as counsel does."""

from tests.store.discovery.legal import Legal, files

from shiftline.discovery.exports.model import Place, Status, Step


async def test_a_folder_is_sealed_and_verified(legal: Legal) -> None:
    recordings = await legal.calls(3)
    export = await legal.sealed()
    assert (export.status, export.step) == (Status.SEALED, Step.SEALED)
    assert (export.stored_objects, export.stored_bytes) == (export.total_objects, export.total_bytes)
    there = files(legal.path())
    assert len(there) == export.total_objects
    for each in recordings:
        assert f"data/conversations/{each.conversation_id}/{each.id}.ogg" in there
    report = legal.verify(export)
    assert report.holds, report.sentence
    assert report.root == export.root
    assert [each.verdict.value for each in report.findings if each.verdict.value != "holds"] == []
    assert not (legal.path().parent / ".one.unfinished").exists()


async def test_a_zip_is_sealed_and_verified(legal: Legal) -> None:
    await legal.calls(2)
    export = await legal.sealed(place=Place.ZIP)
    report = legal.verify(export, legal.path("one.zip"))
    assert report.holds, report.sentence
    assert report.root == export.root
