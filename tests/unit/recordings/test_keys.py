"""The file of key-encryption keys: private, read again when it changes, and never in anybody's way."""

import base64
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shiftline.recordings.errors import KeysUnavailable, KeyUnknown
from shiftline.recordings.keys import Keys, create_key_file, rotate_key_file

NOW = datetime(2023, 10, 27, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    create_key_file(path, NOW)
    return path


def test_a_wrapped_key_opens_for_its_recording_only(file: Path) -> None:
    keys = Keys(file)
    data_key = keys.new_data_key()
    wrapped = keys.wrap(data_key, "r-1")
    assert data_key not in wrapped.wrapped
    assert keys.unwrap(wrapped.wrapped, wrapped.key_id, "r-1") == data_key
    with pytest.raises(KeyUnknown):
        keys.unwrap(wrapped.wrapped, wrapped.key_id, "r-2")
    with pytest.raises(KeyUnknown):
        keys.unwrap(wrapped.wrapped[:-1], wrapped.key_id, "r-1")
    with pytest.raises(KeyUnknown):
        keys.unwrap(b"", wrapped.key_id, "r-1")
    with pytest.raises(KeyUnknown):
        keys.unwrap(wrapped.wrapped, "kek-of-old", "r-1")


def test_each_wrap_differs(file: Path) -> None:
    keys, data_key = Keys(file), bytes(32)
    assert keys.wrap(data_key, "r").wrapped != keys.wrap(data_key, "r").wrapped


def test_the_file_is_its_owners_alone_and_never_made_twice(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        create_key_file(file, NOW)


def test_a_new_key_wraps_and_the_former_still_opens(file: Path) -> None:
    keys = Keys(file)
    data_key = keys.new_data_key()
    former = keys.wrap(data_key, "r")
    newest = rotate_key_file(file, NOW)
    assert file.stat().st_mode & 0o777 == 0o600
    assert keys.wrap(data_key, "r").key_id == newest != former.key_id
    assert keys.unwrap(former.wrapped, former.key_id, "r") == data_key


def test_a_signature_holds_over_a_new_key_and_for_its_message_only(file: Path) -> None:
    keys = Keys(file)
    signature = keys.sign(b"play r-1")
    rotate_key_file(file, NOW)
    assert keys.is_signed(b"play r-1", signature)
    assert not keys.is_signed(b"play r-2", signature)
    assert not keys.is_signed(b"play r-1", b"")


def test_a_missing_file_is_a_problem_in_words_until_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "later.json"
    keys = Keys(path)
    assert "No such file" in (keys.problem or "")
    with pytest.raises(KeysUnavailable):
        keys.wrap(bytes(32), "r")
    create_key_file(path, NOW)
    assert keys.problem is None
    assert keys.wrap(bytes(32), "r").key_id
    assert "SHIFTLINE_RECORDING_KEYS" in (Keys(None).problem or "")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666, 0o610])
def test_a_file_open_to_others_is_refused_with_what_to_do(file: Path, mode: int) -> None:
    keys = Keys(file)
    assert keys.problem is None
    file.chmod(mode)
    assert f"chmod 600 {file}" in (keys.problem or "")
    with pytest.raises(KeysUnavailable):
        keys.sign(b"")


def entry(key: bytes = bytes(32)) -> dict[str, str]:
    return {"id": "k", "key": base64.b64encode(key).decode(), "created": ""}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'[{"id": "k", "key": "not base64"}]',
        json.dumps([entry(bytes(16))]).encode(),
        json.dumps([entry(), {"id": "x"}]).encode(),
    ],
)
def test_a_file_that_is_none_is_a_problem_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)
    path.chmod(0o600)
    assert str(path) in (Keys(path).problem or "")


def test_a_folder_or_pipe_is_no_file_of_keys(tmp_path: Path) -> None:
    assert "are no file" in (Keys(tmp_path).problem or "")
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "are no file" in (Keys(tmp_path / "pipe").problem or "")


def test_a_key_is_never_in_what_is_shown(file: Path) -> None:
    secret = json.loads(file.read_text())[0]["key"]
    keys = Keys(file)
    keys.wrap(bytes(32), "r")
    assert secret not in repr(keys)
