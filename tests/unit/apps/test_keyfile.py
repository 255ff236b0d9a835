from pathlib import Path

import pytest

from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.apps.supervisor.keyfile import place_key_file, place_ledger_keys
from shiftline.ledger.keys import SigningKeys
from shiftline.recordings.keys import Keys


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder.open(tmp_path / "data")


def test_first_start_makes_a_file_of_its_own_that_only_its_owner_reads(folder: DataFolder) -> None:
    file = place_key_file(folder, None)
    assert file == folder.path / "keys" / "recording-keys.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert Keys(file).problem is None


def test_next_start_finds_the_same_keys(folder: DataFolder) -> None:
    content = place_key_file(folder, None).read_bytes()
    assert place_key_file(folder, None).read_bytes() == content


def test_a_place_elsewhere_is_made_and_remembered(folder: DataFolder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "vault" / "keys.json"
    assert place_key_file(folder, elsewhere) == elsewhere
    assert place_key_file(folder, None) == elsewhere
    assert not (folder.path / "keys" / "recording-keys.json").exists()


def test_a_file_that_was_moved_is_found_where_it_is_said_to_be(folder: DataFolder, tmp_path: Path) -> None:
    content = place_key_file(folder, None).rename(tmp_path / "moved.json").read_bytes()
    assert place_key_file(folder, tmp_path / "moved.json").read_bytes() == content
    assert place_key_file(folder, None) == tmp_path / "moved.json"


@pytest.mark.parametrize("named", [None, "elsewhere.json"])
def test_lost_keys_are_never_replaced_without_a_word(folder: DataFolder, tmp_path: Path, named: str | None) -> None:
    lost = place_key_file(folder, None)
    lost.rename(tmp_path / "moved.json")
    with pytest.raises(StartRefusedError, match=str(lost)):
        place_key_file(folder, None if named is None else tmp_path / named)
    assert not lost.exists()
    (folder.path / "keys" / "where").unlink()
    assert Keys(place_key_file(folder, None)).problem is None


def test_a_place_that_cannot_be_is_told_in_words(folder: DataFolder, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartRefusedError, match="cannot be made: File exists"):
        place_key_file(folder, tmp_path / "file" / "keys.json")


def test_the_ledgers_keys_stand_beside_and_are_never_replaced_without_a_word(
    folder: DataFolder, tmp_path: Path
) -> None:
    file = place_ledger_keys(folder, None)
    assert file == folder.path / "keys" / "ledger-keys.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert SigningKeys(file).problem is None
    content = file.read_bytes()
    assert place_ledger_keys(folder, None).read_bytes() == content
    assert place_key_file(folder, None) != file
    file.rename(tmp_path / "moved.json")
    with pytest.raises(StartRefusedError, match="--ledger-keys"):
        place_ledger_keys(folder, None)
    assert place_ledger_keys(folder, tmp_path / "moved.json").read_bytes() == content
