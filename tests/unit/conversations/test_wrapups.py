"""After-call work: whose begins, how long it lasts, and what ends it."""

import pytest

from shiftline.conversations.errors import WrapupCodeMissing, WrapupNotTheirs, WrapupTooEarly
from shiftline.conversations.model.changes import BeginWrapup, EndWrapup, ExpireWrapup, Move
from shiftline.conversations.model.conversations import (
    SKIPPED,
    TIMED_OUT,
    AfterCallWorkState,
    CallState,
    Conversation,
    Purpose,
    Wrapup,
    WrapupPrompt,
)
from unit.conversations.drafts import AT, begun, changed, draft, later, one, talking

MANDATORY, OPTIONAL, ASKED = WrapupPrompt.MANDATORY, WrapupPrompt.OPTIONAL, WrapupPrompt.AGENT_REQUESTED
TIMEOUT, FORCED = WrapupPrompt.TIMEOUT, WrapupPrompt.FORCED_TIMEOUT
SOLVED = Wrapup("solved", "Solved", "all well", ("vip",))
HANG_UP = Move("agent", CallState.DISCONNECTED)


def ended(prompt: WrapupPrompt | None, timeout_ms: int | None = 30_000) -> Conversation:
    """The agent hung up 20 seconds after the conversation began."""
    return changed(talking(prompt, timeout_ms), HANG_UP)


@pytest.mark.parametrize("prompt", [MANDATORY, TIMEOUT, FORCED])
def test_after_call_work_begins_with_the_end_of_the_call(prompt: WrapupPrompt) -> None:
    before, after = one(talking(prompt)), one(ended(prompt))
    assert (before.wrapup_required, before.acw_state, before.wrapping_up) == (True, AfterCallWorkState.UNKNOWN, False)
    assert (after.acw_started_at, after.acw_state, after.wrapping_up) == (later(20), AfterCallWorkState.PENDING, True)
    assert after.concerned


@pytest.mark.parametrize("prompt", [None, OPTIONAL, ASKED])
def test_it_does_not_begin_where_nobody_asks_for_it(prompt: WrapupPrompt | None) -> None:
    after = one(ended(prompt))
    assert (after.acw_started_at, after.acw_state, after.concerned) == (None, AfterCallWorkState.NOT_APPLICABLE, False)


def test_who_never_had_the_call_has_no_work_after_it() -> None:
    missed = changed(begun(draft("agent", wrapup_prompt=MANDATORY)), HANG_UP)
    assert not one(missed).wrapping_up


def test_an_agent_asks_for_it_during_the_call() -> None:
    asked = changed(talking(ASKED, 30_000), BeginWrapup("agent", ASKED, 30_000))
    assert (one(asked).wrapup_required, one(asked).wrapping_up) == (True, False)
    after = one(changed(asked, HANG_UP, seconds=25))
    assert (after.wrapping_up, after.acw_due_at) == (True, later(55))


def test_it_can_be_asked_for_after_the_end_and_twice_is_once() -> None:
    asked = changed(ended(ASKED), BeginWrapup("agent", ASKED, 30_000), seconds=21)
    assert one(asked).acw_started_at == later(21)
    assert changed(asked, BeginWrapup("agent", ASKED, 30_000), seconds=22) is asked


def test_what_the_queue_began_is_not_begun_again() -> None:
    working = ended(TIMEOUT)
    assert changed(working, BeginWrapup("agent", TIMEOUT, 30_000)) is working


def test_an_optional_one_begins_no_work() -> None:
    assert not one(changed(ended(None), BeginWrapup("agent", OPTIONAL))).wrapping_up


@pytest.mark.parametrize(("prompt", "due"), [(TIMEOUT, later(50)), (FORCED, later(50)), (MANDATORY, None)])
def test_only_prompts_with_a_timeout_are_over_by_themselves(prompt: WrapupPrompt, due: object) -> None:
    assert one(ended(prompt)).acw_due_at == due


def test_without_a_limit_it_lasts() -> None:
    assert one(ended(TIMEOUT, None)).acw_due_at is None


@pytest.mark.parametrize("prompt", [MANDATORY, TIMEOUT])
def test_a_wrapup_ends_it(prompt: WrapupPrompt) -> None:
    after = one(changed(ended(prompt), EndWrapup("agent", SOLVED), seconds=32))
    assert (after.acw_ended_at, after.acw_state) == (later(32), AfterCallWorkState.COMPLETE)
    assert after.wrapup == Wrapup("solved", "Solved", "all well", ("vip",), 12, later(32))
    assert not after.concerned


def test_given_times_are_kept() -> None:
    given = Wrapup("solved", duration_seconds=7, ended_at=AT)
    assert one(changed(ended(MANDATORY), EndWrapup("agent", given))).wrapup == given


def test_a_repeated_wrapup_says_nothing_new_and_another_replaces_it() -> None:
    done = changed(ended(MANDATORY), EndWrapup("agent", SOLVED), seconds=32)
    assert changed(done, EndWrapup("agent", SOLVED), seconds=40) is done
    corrected = one(changed(done, EndWrapup("agent", Wrapup("open")), seconds=50))
    assert (corrected.wrapup and corrected.wrapup.code_id, corrected.acw_ended_at) == ("open", later(32))


def test_a_provisional_one_is_kept_and_ends_nothing() -> None:
    saved = changed(ended(TIMEOUT), EndWrapup("agent", Wrapup(None, notes="so far", provisional=True)))
    assert one(saved).wrapping_up
    timed_out = one(changed(saved, ExpireWrapup("agent"), seconds=50))
    assert timed_out.wrapup == Wrapup(TIMED_OUT, None, "so far", (), 30, later(50))
    done = one(changed(saved, EndWrapup("agent", SOLVED), seconds=30))
    assert done.wrapup is not None
    assert (done.wrapup.code_id, done.wrapup.provisional) == ("solved", False)


def test_a_provisional_one_does_not_replace_a_final_one() -> None:
    done = changed(ended(MANDATORY), EndWrapup("agent", SOLVED))
    assert changed(done, EndWrapup("agent", Wrapup("open", provisional=True))) is done


def test_a_forced_one_lasts_until_its_time_whatever_is_given_before() -> None:
    given = changed(ended(FORCED), EndWrapup("agent", SOLVED), seconds=30)
    wrapup = one(given).wrapup
    assert wrapup is not None
    assert (wrapup.provisional, one(given).wrapping_up) == (True, True)
    assert changed(given, EndWrapup("agent", SOLVED), seconds=31) is given
    over = one(changed(given, ExpireWrapup("agent"), seconds=51))
    assert (over.wrapping_up, over.wrapup) == (False, Wrapup("solved", "Solved", "all well", ("vip",), 31, later(51)))


def test_a_forced_one_whose_time_is_over_ends_with_what_is_given() -> None:
    over = one(changed(ended(FORCED), EndWrapup("agent", SOLVED), seconds=50))
    assert not over.wrapping_up


@pytest.mark.parametrize("prompt", [TIMEOUT, FORCED])
def test_when_its_time_is_over_it_ends_without_a_code_of_the_agents(prompt: WrapupPrompt) -> None:
    working = ended(prompt)
    assert changed(working, ExpireWrapup("agent"), seconds=49.9) is working
    over = changed(working, ExpireWrapup("agent"), seconds=50)
    wrapup = one(over).wrapup
    assert wrapup is not None
    assert (wrapup.code_id, wrapup.provisional, one(over).acw_ended_at) == (TIMED_OUT, False, later(50))
    assert changed(over, ExpireWrapup("agent"), seconds=60) is over


def test_a_mandatory_one_does_not_end_by_itself() -> None:
    working = ended(MANDATORY, None)
    assert changed(working, ExpireWrapup("agent"), seconds=1e6) is working


@pytest.mark.parametrize("prompt", [MANDATORY, TIMEOUT, FORCED])
def test_where_the_queue_asks_for_a_code_none_is_skipped(prompt: WrapupPrompt) -> None:
    with pytest.raises(WrapupCodeMissing):
        changed(ended(prompt), EndWrapup("agent", None, skipped=True))
    with pytest.raises(WrapupCodeMissing):
        changed(ended(prompt), EndWrapup("agent", Wrapup(None, notes="no code")))


def test_what_an_agent_asked_for_they_can_skip() -> None:
    working = changed(ended(ASKED), BeginWrapup("agent", ASKED))
    after = one(changed(working, EndWrapup("agent", None, skipped=True)))
    assert (after.wrapping_up, after.wrapup_skipped, after.acw_state) == (False, True, AfterCallWorkState.SKIPPED)
    assert after.wrapup is not None
    assert after.wrapup.code_id == SKIPPED


def test_an_optional_one_is_given_or_skipped_without_after_call_work() -> None:
    over = ended(OPTIONAL)
    given = one(changed(over, EndWrapup("agent", SOLVED), seconds=30))
    assert given.wrapup == Wrapup("solved", "Solved", "all well", ("vip",), None, later(30))
    assert given.acw_started_at is None
    skipped = changed(over, EndWrapup("agent", None, skipped=True))
    assert (one(skipped).wrapup_skipped, one(skipped).wrapup) == (True, None)
    assert changed(skipped, EndWrapup("agent", None, skipped=True)) is skipped
    assert changed(over, EndWrapup("agent", None)) is over


def test_a_wrapup_comes_after_the_call() -> None:
    with pytest.raises(WrapupTooEarly):
        changed(talking(MANDATORY), EndWrapup("agent", SOLVED))


@pytest.mark.parametrize("change", [EndWrapup("caller", SOLVED), BeginWrapup("caller", MANDATORY)])
def test_callers_wrap_nothing_up(change: EndWrapup) -> None:
    with pytest.raises(WrapupNotTheirs):
        changed(ended(MANDATORY), Move("caller", CallState.DISCONNECTED), change)


def test_users_may_wrap_up_as_well() -> None:
    user = draft("user", Purpose.USER, person_id="bo")
    over = changed(begun(user), Move("user", CallState.CONNECTED), Move("user", CallState.DISCONNECTED))
    assert one(changed(over, EndWrapup("user", SOLVED)), "user").wrapup is not None


def test_nothing_is_asked_of_a_caller_whatever_their_draft_says() -> None:
    caller = draft("third", Purpose.CUSTOMER, state=CallState.CONNECTED, wrapup_prompt=WrapupPrompt.MANDATORY)
    conversation = changed(begun(caller), Move("third", CallState.DISCONNECTED))
    ended = conversation.participants[-1]
    assert (ended.live, ended.wrapup_required, ended.acw_started_at) == (False, False, None)
