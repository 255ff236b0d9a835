"""`shiftline verify`, as it is called."""

import json
from pathlib import Path

import pytest
from tests.unit.discovery.sample import KEY, OTHER_KEY, made, sample

from shiftline.apps.commands import run_command
from shiftline.discovery import places
from shiftline.discovery.anchors.attestations import public_pem

SOUND = "data/conversations/call-1/recording-1.ogg"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made(sample(calls=1))[0].write(tmp_path / "package")


def test_a_package_that_holds_is_told_and_ends_with_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["verify", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "is whole and unchanged" in said.splitlines()[-1]
    assert "ok    hashes: " in said
    assert "?     timestamp: " in said


def test_what_is_wrong_is_told_in_json_and_ends_with_3(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / SOUND).write_bytes(b"OggS")
    assert run_command(["verify", str(folder), "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert not told["holds"]
    assert SOUND in told["sentence"]
    failing = [each for each in told["findings"] if each["verdict"] == "fails"]
    assert failing[0]["file"] == SOUND
    assert {"check", "expected", "found"} <= set(failing[0])


def test_the_key_that_one_knows_decides(folder: Path, tmp_path: Path) -> None:
    for key, code in ((KEY, 0), (OTHER_KEY, 3)):
        file = tmp_path / "key.pem"
        file.write_bytes(public_pem(key.public_key()))
        assert run_command(["verify", str(folder), "--key", str(file)]) == code


@pytest.mark.parametrize("arguments", [["--key", "missing.pem"], ["--authority", "missing.pem"]])
def test_what_cannot_be_read_is_said(folder: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["verify", str(folder), *arguments]) == 2
    assert "missing.pem cannot be read" in capsys.readouterr().err


def test_where_there_is_none_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["verify", str(tmp_path / "none")]) == 2
    assert "There is no package at" in capsys.readouterr().err
    key = tmp_path / "key.pem"
    key.write_text("no key")
    assert run_command(["verify", str(tmp_path), "--key", str(key)]) == 2
    assert "is no public key" in capsys.readouterr().err


def test_the_script_beside_it_is_named_in_the_readme(folder: Path) -> None:
    assert places.VERIFY in (folder / places.README).read_text()
