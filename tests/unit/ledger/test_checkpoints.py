"""Checkpoints: what was signed opens, and nothing else does."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shiftline.ledger.errors import NoteError, SigningUnavailable
from shiftline.ledger.keys import SigningKeys, create_key_file, rotate_key_file
from shiftline.ledger.model import Checkpoint
from shiftline.ledger.rules import checkpoints

ORIGIN = "localhost/shiftline/ledger/org-1"
NOW = datetime(2023, 10, 27, tzinfo=UTC)
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEY = checkpoints.verifier_of(ORIGIN, checkpoints.public_of(PRIVATE))
CHECKPOINT = Checkpoint(ORIGIN, 109_482, bytes(range(32)))
NOTE = checkpoints.sign(CHECKPOINT, [PRIVATE])


def test_a_note_is_as_the_specification_has_it() -> None:
    text, _, signatures = NOTE.rpartition("\n\n")
    assert text == f"{ORIGIN}\n109482\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    dash, name, content = signatures.rstrip("\n").split(" ")
    assert (dash, name) == ("\u2014", ORIGIN)
    assert len(base64.b64decode(content)) == 4 + 64
    assert checkpoints.open_checkpoint(NOTE, ORIGIN, [KEY]) == CHECKPOINT
    assert checkpoints.read_unverified(NOTE) == CHECKPOINT


def test_a_note_of_the_go_implementation_opens() -> None:
    """From golang.org/x/mod/sumdb/note: its example's text, key and signature."""
    key = checkpoints.parse_verifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    note = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    with pytest.raises(NoteError, match="three lines"):  # its signature holds; it is no checkpoint
        checkpoints.open_checkpoint(note, "x", [key])
    with pytest.raises(NoteError, match="wrong"):
        checkpoints.open_checkpoint(note.replace("answer", "Answer"), "x", [key])


def test_every_flipped_bit_is_refused() -> None:
    whole = NOTE.encode()
    for bit in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises((NoteError, UnicodeDecodeError)):
            checkpoints.open_checkpoint(bytes(flipped).decode(), ORIGIN, [KEY])


def test_every_cut_is_refused() -> None:
    for length in range(len(NOTE)):
        with pytest.raises(NoteError):
            checkpoints.open_checkpoint(NOTE[:length], ORIGIN, [KEY])


def test_another_log_is_refused() -> None:
    with pytest.raises(NoteError, match="not of other"):
        checkpoints.open_checkpoint(NOTE, "other", [KEY])


def test_another_key_is_refused_whatever_it_is_called() -> None:
    with pytest.raises(NoteError, match="none of the known keys"):
        checkpoints.open_checkpoint(NOTE, ORIGIN, [])
    stranger = checkpoints.verifier_of(ORIGIN, checkpoints.public_of(OTHER))
    with pytest.raises(NoteError, match="none of the known keys"):
        checkpoints.open_checkpoint(NOTE, ORIGIN, [stranger])
    renamed = checkpoints.verifier_of("other", KEY.public)
    with pytest.raises(NoteError, match="none of the known keys"):
        checkpoints.open_checkpoint(NOTE, ORIGIN, [renamed])


def test_a_wrong_signature_of_a_known_key_refuses_the_note_though_another_is_right() -> None:
    both = [checkpoints.verifier_of(ORIGIN, checkpoints.public_of(each)) for each in (PRIVATE, OTHER)]
    note = checkpoints.sign(CHECKPOINT, [PRIVATE, OTHER])
    assert checkpoints.open_checkpoint(note, ORIGIN, both) == CHECKPOINT
    assert checkpoints.open_checkpoint(note, ORIGIN, both[1:]) == CHECKPOINT
    other = checkpoints.sign(Checkpoint(ORIGIN, 1, bytes(32)), [OTHER]).splitlines()[-1]
    forged = f"{NOTE}{other}\n"
    assert checkpoints.open_checkpoint(forged, ORIGIN, both[:1]) == CHECKPOINT
    with pytest.raises(NoteError, match="wrong"):
        checkpoints.open_checkpoint(forged, ORIGIN, both)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("109482", "0109482", "size"),
        ("109482", "-1", "size"),
        ("109482", "1e3", "size"),
        ("109482", "\u0661", "size"),
        ("109482\n", "", "three lines"),
        ("109482\n", "109482\n\n", "three lines"),
        ("Hh8=", "Hh9=", "stray bits"),
        ("Hh8=", "Hh8", "base64"),
        ("Hh8=", "", "32 bytes|base64"),
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(before: str, after: str, told: str) -> None:
    text = NOTE.rpartition("\n\n")[0] + "\n"
    assert before in text
    changed = text.replace(before, after)
    signature = base64.b64encode(KEY.key_id + PRIVATE.sign(changed.encode())).decode()
    with pytest.raises(NoteError, match=told):
        checkpoints.open_checkpoint(f"{changed}\n\u2014 {ORIGIN} {signature}\n", ORIGIN, [KEY])


def test_extension_lines_are_signed_and_let_be() -> None:
    text = NOTE.rpartition("\n\n")[0] + "\nmore\n"
    signature = base64.b64encode(KEY.key_id + PRIVATE.sign(text.encode())).decode()
    assert checkpoints.open_checkpoint(f"{text}\n\u2014 {ORIGIN} {signature}\n", ORIGIN, [KEY]) == CHECKPOINT


@pytest.mark.parametrize(
    "note", ["", "\n\n", "a\n\n\u2014 a AAAA\n", "a\x07b\n\n\u2014 a AAAAAAAA\n", f"{NOTE}x", "\ud800" + NOTE]
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NoteError):
        checkpoints.open_checkpoint(note, ORIGIN, [KEY])


def test_a_verifier_key_is_read_as_written() -> None:
    text = checkpoints.format_verifier(KEY)
    assert checkpoints.parse_verifier(text) == KEY
    for bit in range(len(text) * 8):
        flipped = bytearray(text.encode())
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            other = bytes(flipped).decode()
        except UnicodeDecodeError:
            continue
        with pytest.raises(NoteError):
            checkpoints.parse_verifier(other)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb"])
def test_a_name_that_no_note_can_hold_is_refused(name: str) -> None:
    with pytest.raises(NoteError):
        checkpoints.verifier_of(name, KEY.public)


def test_a_proof_as_text_is_read_as_written() -> None:
    hashes = (bytes(32), bytes(range(32)))
    text = checkpoints.format_proof(7, hashes, NOTE)
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 7\n")
    assert checkpoints.parse_proof(text) == (7, hashes, NOTE)
    assert checkpoints.parse_proof(text.replace("index", "extra AAAA\nindex")) == (7, hashes, NOTE)
    assert checkpoints.parse_proof(checkpoints.format_proof(0, (), NOTE)) == (0, (), NOTE)
    for wrong in (
        text.replace("@v1", "@v2"),
        text.replace("index 7", "index 07"),
        text.replace("index", "place"),
        "index",
    ):
        with pytest.raises(NoteError):
            checkpoints.parse_proof(wrong)


def test_keys_are_one_users_and_a_new_one_signs_beside_the_old(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    create_key_file(file, NOW)
    assert file.stat().st_mode & 0o777 == 0o600
    keys = SigningKeys(file)
    (old,) = keys.verifiers(ORIGIN)
    rotate_key_file(file, NOW)
    assert file.stat().st_mode & 0o777 == 0o600
    assert keys.verifiers(ORIGIN)[1] == old
    note = keys.sign(CHECKPOINT)
    for key in keys.verifiers(ORIGIN):
        assert checkpoints.open_checkpoint(note, ORIGIN, [key]) == CHECKPOINT


def test_keys_that_cannot_be_used_say_why(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    assert "SHIFTLINE_LEDGER_KEYS" in (SigningKeys(None).problem or "")
    assert "cannot be read" in (SigningKeys(file).problem or "")
    create_key_file(file, NOW)
    with pytest.raises(FileExistsError):
        create_key_file(file, NOW)
    keys = SigningKeys(file)
    assert keys.problem is None
    file.chmod(0o640)
    assert f"chmod 600 {file}" in (keys.problem or "")
    for content in (b"", b"[]", b'[{"id":"a","key":"AAAA"}]', b"\xff"):
        file.write_bytes(content)
        file.chmod(0o600)
        with pytest.raises(SigningUnavailable):
            keys.sign(CHECKPOINT)
