"""What is wrong with a value is said in words, whatever msgspec calls it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from shiftline.foundation.web.sentences import find_choices, in_words, why_no_json
from shiftline.foundation.web.wire import Identifier, Instant, ShortText, Wire
from shiftline.identity.wire.people import Email, Name
from shiftline.workforce.schedule.wire.upload import Wall


class State(StrEnum):
    OPEN = "open"
    DONE = "done"


class Inner(Wire):
    state: State | None = None


class Outer(Wire):
    inner_ones: list[Inner] = []  # noqa: RUF012  msgspec copies it
    by_name: dict[str, Inner] = {}  # noqa: RUF012  msgspec copies it
    order: Literal["up", "down"] = "up"


@pytest.mark.parametrize(
    ("kind", "sent", "sentence"),
    [
        (str, "1", "must be text, not a whole number."),
        (int | None, '"x"', "must be a whole number or null, not text."),
        (bool, "null", "must be true or false, not null."),
        (list[int], "{}", "must be a list, not an object."),
        (Instant, "5", "must be an instant like 2023-10-27T06:00:00-05:00, not a whole number."),
        (Instant, '"5"', "must be an instant like 2023-10-27T06:00:00-05:00."),
        (Instant, '"2023-10-27T06:00:00"', "an instant needs a zone or offset, like 2023-10-27T06:00:00-05:00."),
        (date, '"2023-10-27T06:00:00Z"', "must be a date like 2023-10-27."),
        (Identifier, '""', "must not be empty."),
        (Identifier, '" "', "must be an id: letters, digits and _ . : @ - only, the first a letter or a digit."),
        (ShortText, f'"{"x" * 257}"', "must have at most 256 characters."),
        (ShortText, '"\\u0000"', "must not hold the character NUL."),
        (Annotated[list[int], Meta(max_length=1)], "[1,2]", "must have at most 1 entry."),
        (Annotated[int, Meta(ge=1)], "0", "must be at least 1."),
        (Annotated[float, Meta(le=5)], "6.5", "must be at most 5."),
        (Email, '"x"', "must be an e-mail address."),
        (Name, '" "', "must hold more than spaces, and no character NUL."),
        (Wall, '"6:00"', "must be a time of the wall like 2023-10-27T06:00, without an offset."),
        (State, '"shut"', "must be one of open, done, not 'shut'."),
        (Literal["a"] | None, f'"{"z" * 999}"', f"must be one of a, not '{'z' * 57}…'."),
    ],
)
def test_each_kind_of_wrong_value(kind: Any, sent: str, sentence: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(sent, type=kind)
    assert in_words(str(refused.value), find_choices(kind)) == sentence


@pytest.mark.parametrize(
    ("place", "choices"),
    [
        ("innerOnes[3].state", ("open", "done")),
        ("byName[...].state", ("open", "done")),
        ("order", ("down", "up")),
        ("innerOnes", ()),
        ("nothing.there", ()),
    ],
)
def test_choices_are_found_where_the_value_stands(place: str, choices: tuple[str, ...]) -> None:
    assert find_choices(Outer, place) == choices


@pytest.mark.parametrize(
    ("sent", "why"),
    [(b'{"a":', "it ends too early"), (b'"\xff"', "byte 0 is not UTF-8"), (b"hello", "invalid character (byte 0)")],
)
def test_what_is_no_json(sent: bytes, why: str) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)) as refused:
        msgspec.json.decode(sent)
    assert why_no_json(refused.value) == why
