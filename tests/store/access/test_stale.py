"""No check of access ever sees less than what had been committed when it began; and the judge of that would notice."""

import asyncio

import numpy as np
from benchmarks.access.serial import CHECK, DISABLED, EVERYBODY, INACTIVE, Write, judge
from benchmarks.access.stale import WEIGHTS, check, prepare, write_until

PEOPLE, CHECKS = 6, 5_000

# Everybody may connect; from 10 to 20 somebody is deactivated, from 30 to 40 WebRTC is switched off.
WRITES = [Write(10, 20, "active", 0, value=False), Write(30, 40, "webrtc", EVERYBODY, value=False)]


def stale(*checks: tuple[int, int, int, int]) -> int:
    return judge(2, WRITES, np.array(list(checks), CHECK)).stale


def test_what_had_been_committed_must_be_seen() -> None:
    assert stale((0, 21, 25, INACTIVE)) == 0
    assert stale((0, 21, 25, 0)) == 1
    assert stale((1, 41, 45, DISABLED)) == 0
    assert stale((1, 41, 45, 0)) == 1


def test_what_is_committed_meanwhile_may_be_seen_or_not() -> None:
    assert stale((0, 5, 15, 0), (0, 5, 15, INACTIVE)) == 0
    assert stale((0, 5, 9, INACTIVE)) == 1  # it was not even begun
    assert stale((0, 15, 35, 0), (0, 15, 35, INACTIVE), (0, 15, 35, INACTIVE | DISABLED)) == 0


def test_a_mixture_of_two_states_is_no_state() -> None:
    assert stale((0, 5, 45, DISABLED)) == 1  # the later change without the earlier one


async def test_no_check_is_stale_while_everything_changes(database_url: str) -> None:
    place = await prepare(database_url, "org-1", PEOPLE)
    done = asyncio.Event()
    writing = asyncio.create_task(write_until(place, 1, done.is_set))
    checks = await check(place, 2, CHECKS)
    done.set()
    writes = await writing
    found = judge(PEOPLE, writes, checks)
    assert (found.checks, found.stale) == (CHECKS, 0)
    assert found.denied > 0
    assert found.ambiguous > 0
    assert {write.what for write in writes} >= set(WEIGHTS) - {"signed_in"}
