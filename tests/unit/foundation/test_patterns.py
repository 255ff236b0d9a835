"""Text that PostgreSQL cannot hold is refused by the patterns of the wire that speak of it."""

import re
from pathlib import Path

import pytest

import shiftline

SOURCE = Path(shiftline.__file__).parent
PATTERNS = sorted(
    {found for each in SOURCE.rglob("*.py") for found in re.findall(r'pattern=r"([^"]*x00[^"]*)"', each.read_text())}
)


@pytest.mark.parametrize("number", range(len(PATTERNS)))
def test_no_nul_comes_through(number: int) -> None:
    for text in ("\0", "a\0", "\0a", " \0 "):
        assert re.search(PATTERNS[number], text) is None, (PATTERNS[number], text)


def test_there_are_such_patterns() -> None:
    assert len(PATTERNS) > 2
