from itertools import product

from shiftline.authorization.rules import covers
from shiftline.workforce.notices.store import patterns_of


def test_the_patterns_of_a_permission_are_exactly_what_covers_it() -> None:
    permission = "wfm:timeOffRequest:edit"
    parts = product(("wfm", "*", "routing"), ("timeOffRequest", "*", "schedule"), ("edit", "*", "view"))
    assert set(patterns_of(permission)) == {each for each in map(":".join, parts) if covers(each, permission)}
