"""Keys in a real token (SoftHSM, of Debian's softhsm2) do what keys in a file do, and never leave it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shiftline.recordings.errors import KeysUnavailable, KeyUnknown
from shiftline.recordings.keys import Keys, create_key_file

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
MODULE = next((each for each in MODULES if Path(each).exists()), "")
NOW = datetime(2023, 10, 27, 11, tzinfo=UTC)
pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed")
pytestmark = [
    pytest.mark.skipif(not MODULE or shutil.which("softhsm2-util") is None, reason="softhsm2 is not installed"),
    pytest.mark.xdist_group("hardware"),
]


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A token and its PIN. Its library reads where tokens are when it is first loaded."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    (folder / "pin").write_text("5678\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    made = ["softhsm2-util", "--init-token", "--free", "--label", "shiftline", "--so-pin", "1234", "--pin", "5678"]
    subprocess.run(made, check=True, capture_output=True)
    yield folder
    del os.environ["SOFTHSM2_CONF"]


def named(folder: Path, tmp_path: Path, **more: Any) -> Path:
    """A file that names the token."""
    told = {"service": "pkcs11", "module": MODULE, "token": "shiftline", "pin_file": str(folder / "pin"), **more}
    path = tmp_path / "keys.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(told))
    return path


@pytest.fixture
def path(token: Path, tmp_path: Path) -> Path:
    """Keys of this test's own."""
    path = named(token, tmp_path, object=f"test-{tmp_path.name}")
    Keys(path).service.add_key(NOW)
    return path


def test_what_a_token_wrapped_it_alone_opens_for_that_recording_alone(path: Path) -> None:
    keys = Keys(path)
    assert keys.problem is None
    data_key = keys.new_data_key()
    wrapped = keys.wrap(data_key, "recording-1")
    assert data_key not in wrapped.wrapped
    assert Keys(path).unwrap(wrapped.wrapped, wrapped.key_id, "recording-1") == data_key
    flipped = bytes([wrapped.wrapped[0] ^ 1]) + wrapped.wrapped[1:]
    for content, key_id, recording_id in (
        (wrapped.wrapped, wrapped.key_id, "recording-2"),
        (flipped, wrapped.key_id, "recording-1"),
        (wrapped.wrapped[:-1] + b"\x00", wrapped.key_id, "recording-1"),
        (b"short", wrapped.key_id, "recording-1"),
        (wrapped.wrapped, f"{wrapped.key_id}-other", "recording-1"),
        (wrapped.wrapped, "kek-of-a-file", "recording-1"),
    ):
        with pytest.raises(KeyUnknown):
            keys.unwrap(content, key_id, recording_id)
    assert keys.unwrap(wrapped.wrapped, wrapped.key_id, "recording-1") == data_key, "it still works after all that"


def test_the_newest_key_wraps_and_the_others_open(path: Path) -> None:
    keys = Keys(path)
    old = keys.wrap(b"k" * 32, "recording-1")
    new = keys.service.add_key(NOW)
    assert keys.newest == new != old.key_id
    assert keys.wrap(b"k" * 32, "recording-1").key_id == new
    assert keys.unwrap(old.wrapped, old.key_id, "recording-1") == b"k" * 32
    assert len(keys.service.ids()) == 2


def test_keys_move_from_a_file_into_a_token(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    create_key_file(file, NOW)
    before = Keys(file)
    old, signature = before.wrap(b"k" * 32, "recording-1"), before.sign(b"ticket")
    path.write_text(json.dumps({**json.loads(path.read_text()), "former": json.loads(file.read_text())}))
    keys = Keys(path)
    assert keys.unwrap(old.wrapped, old.key_id, "recording-1") == b"k" * 32
    new = keys.wrap(b"k" * 32, "recording-1")
    assert new.key_id == keys.newest != old.key_id
    assert keys.unwrap(new.wrapped, new.key_id, "recording-1") == b"k" * 32
    assert keys.is_signed(b"ticket", signature), "a ticket that was given out before still opens"
    assert keys.service.add_key(NOW) == keys.newest


def test_tickets_are_signed_in_the_token_across_rotations(path: Path) -> None:
    keys = Keys(path)
    signature = keys.sign(b"ticket")
    assert len(signature) == 32
    keys.service.add_key(NOW)
    assert Keys(path).is_signed(b"ticket", signature)
    assert not keys.is_signed(b"another", signature)


def test_no_key_can_be_taken_out(path: Path) -> None:
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.exceptions import AttributeSensitive, AttributeTypeInvalid

    service: Any = Keys(path).service
    service.ids()
    for key in service._session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY}):
        with pytest.raises((AttributeSensitive, AttributeTypeInvalid)):
            _ = key[Attribute.VALUE]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"token": "nowhere"}, "NoSuchToken"),
        ({"module": "/nowhere.so"}, "/nowhere.so"),
        ({"pin_file": "/nowhere/pin"}, "/nowhere/pin"),
        ({"object": "never-made"}, "no key yet"),
        ({"service": "cloud"}, "'cloud'"),
        ({"modul": "x"}, "modul"),
    ],
    ids=["token", "module", "pin", "no-keys", "service", "field"],
)
def test_what_is_wrong_is_said_and_a_later_look_finds_it_mended(
    token: Path, tmp_path: Path, path: Path, change: dict[str, str], said: str
) -> None:
    right = path.read_text()
    keys = Keys(named(token, tmp_path, **{"object": f"test-{tmp_path.name}", **change}))
    assert said in (keys.problem or "")
    with pytest.raises(KeysUnavailable):
        keys.wrap(b"k" * 32, "recording-1")
    path.write_text(right)
    assert keys.problem is None


def test_a_wrong_pin_is_said(token: Path, tmp_path: Path) -> None:
    """In a process of its own: a program logs in once."""
    (tmp_path / "pin").write_text("0000")
    path = named(token, tmp_path, pin_file=str(tmp_path / "pin"))
    program = "import sys, pathlib; from shiftline.recordings.keys import Keys; print(Keys(pathlib.Path(sys.argv[1])).problem)"
    said = subprocess.run([sys.executable, "-c", program, str(path)], check=True, capture_output=True, text=True)
    assert "PinIncorrect" in said.stdout
