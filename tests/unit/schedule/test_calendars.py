"""Lines of a calendar: escaped and folded as RFC 5545 has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiftline.workforce.schedule.rules.calendars import escape, fold


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a, b; c\\d", "a\\, b\\; c\\\\d"),
        ("one\ntwo\r\nthree", "one\\ntwo\\nthree"),
        ("bell\x07 tab\t return\r.", "bell  tab  return ."),
        ("plain", "plain"),
    ],
)
def test_text_is_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_a_line_of_75_octets_is_whole_and_one_more_is_folded() -> None:
    assert fold("x" * 75) == "x" * 75
    assert fold("x" * 76) == "x" * 75 + "\r\n x"
    assert fold("é" * 38) == "é" * 37 + "\r\n é"


@given(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])))
def test_folding_loses_nothing_and_tears_no_character(line: str) -> None:
    folded = fold(line)
    assert folded.replace("\r\n ", "") == line
    assert all(len(piece.encode()) <= 75 for piece in folded.split("\r\n"))
