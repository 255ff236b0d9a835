"""Everybody's turn comes once in a heartbeat, in shares of nearly one size, however they come and go."""

from shiftline.signalling.heartbeat import HEARTBEAT, SILENCE, Heartbeat

TICK = 0.25
TICKS = round(HEARTBEAT / TICK)


def test_each_is_due_once_in_a_heartbeat_and_about_as_many_at_each_tick() -> None:
    heartbeat: Heartbeat[int] = Heartbeat(TICK)
    for number in range(100):
        heartbeat.add(number)
    rounds = [list(heartbeat.due()) for _ in range(TICKS)]
    assert sorted(each for due in rounds for each in due) == list(range(100))
    assert {len(each) for each in rounds} <= {100 // TICKS, 100 // TICKS + 1}


def test_whoever_left_is_due_no_more_and_leaves_room() -> None:
    heartbeat: Heartbeat[int] = Heartbeat(TICK)
    for number in range(TICKS):
        heartbeat.add(number)
    heartbeat.discard(3)
    heartbeat.discard(3)
    heartbeat.add(99)
    assert sorted(each for _ in range(TICKS) for each in heartbeat.due()) == sorted({*range(TICKS), 99} - {3})


def test_two_heartbeats_may_be_missed_before_a_node_is_taken_for_gone() -> None:
    assert 2 * HEARTBEAT + 2 * TICK <= SILENCE
