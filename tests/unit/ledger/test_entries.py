"""Entries as bytes: one form only, and nothing but that form is read."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shiftline.ledger.errors import NoteError
from shiftline.ledger.model import Entry
from shiftline.ledger.rules import canonical, entries

ENTRY = Entry(
    id="e-1",
    organization_id="org-1",
    kind="recording.sealed",
    subject_id="r-1",
    conversation_id="c-1",
    at=datetime(2023, 10, 27, 6, 0, tzinfo=timezone(timedelta(hours=-5))),
    actor_id="System",
    actor_kind="system",
    digest=bytes(32),
)
BODY = (
    b'{"actorId":"System","actorKind":"system","at":"2023-10-27T11:00:00.000000Z","conversationId":"c-1","digest":"'
    + b"0" * 64
    + b'","id":"e-1","kind":"recording.sealed","organizationId":"org-1","subjectId":"r-1","version":1}'
)


def test_an_entry_has_one_form() -> None:
    assert entries.encode(ENTRY) == BODY
    assert entries.parse(BODY) == replace(ENTRY, at=datetime(2023, 10, 27, 11, 0, tzinfo=UTC))


def test_an_entry_may_be_of_no_conversation() -> None:
    body = entries.encode(replace(ENTRY, conversation_id=None))
    assert b'"conversationId":null' in body
    assert entries.parse(body).conversation_id is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'":"System","actorKind"', b'": "System","actorKind"'),
        (b'"version":1', b'"version":true'),
        (b'"version":1', b'"version":2'),
        (b'"version":1', b'"version":1,"z":null'),
        (b'"id":"e-1",', b""),
        (b'"id":"e-1"', b'"id":""'),
        (b'"id":"e-1"', b'"id":7'),
        (b'"id":"e-1"', b'"id":"e-1","id":"e-1"'),
        (b'"c-1"', b'""'),
        (b'"c-1"', b"7"),
        (b"000000Z", b"000000+00:00"),
        (b".000000Z", b"Z"),
        (b"2023-10-27T", b"2023-13-27T"),
        (b"recording.sealed", b"sealed"),
        (b'"' + b"0" * 64, b'"' + b"0" * 63 + b"A"),
        (b'"' + b"0" * 64, b'"' + b"0" * 62),
        (b'{"actorId"', b'[{"actorId"'),
    ],
)
def test_another_form_is_refused(before: bytes, after: bytes) -> None:
    assert before in BODY
    with pytest.raises(NoteError):
        entries.parse(BODY.replace(before, after, 1))


def test_every_flipped_bit_is_another_entry_or_none() -> None:
    for bit in range(len(BODY) * 8):
        flipped = bytearray(BODY)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            assert entries.parse(bytes(flipped)) != entries.parse(BODY)
        except NoteError:
            continue


@pytest.mark.parametrize("kind", ["sealed", "Recording.sealed", "recording.", "recording sealed", ""])
def test_a_kind_is_a_noun_and_a_verb(kind: str) -> None:
    with pytest.raises(NoteError, match="no kind"):
        entries.encode(replace(ENTRY, kind=kind))


def test_an_instant_without_a_zone_is_none() -> None:
    with pytest.raises(NoteError, match="zone"):
        entries.encode(replace(ENTRY, at=datetime(2023, 10, 27)))  # noqa: DTZ001 - that is what is refused


def test_an_entry_fits_into_a_bundle() -> None:
    with pytest.raises(NoteError, match="65535"):
        entries.encode(replace(ENTRY, subject_id="r" * 66_000))


def test_names_are_sorted_by_utf16_as_the_standard_has_it() -> None:
    """RFC 8785, section 3.2.3."""
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    order = ["\\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    text = canonical.encode(value).decode()
    assert [text.index(f'"{name}"') for name in order] == sorted(text.index(f'"{name}"') for name in order)


def test_texts_are_escaped_as_the_standard_has_it() -> None:
    """RFC 8785, section 3.2.2.2."""
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/\u007f"
    assert canonical.encode(text).decode() == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u007f"'


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, -(2**53), {1: 2}, b"x", {1, 2}, "\ud800", {"\ud800": 1}])
def test_what_has_no_one_form_is_refused(value: object) -> None:
    with pytest.raises(NoteError):
        canonical.encode(value)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"1.0", b"1e3", b'{"b":1,"a":2}', b'"\\u0041"', b"[1, 2]", b"\xff", b"[" * 99999]
)
def test_json_in_another_form_is_refused(content: bytes) -> None:
    with pytest.raises(NoteError):
        canonical.decode(content)


def test_the_rules_need_no_database() -> None:
    """The offline verifier loads them alone."""
    script = (
        "import sys\n"
        "from shiftline.ledger.rules import canonical, checkpoints, entries, proofs, tiles, tree\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'psycopg', 'nats', 'litestar', 'obstore', 'asyncio'}))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
