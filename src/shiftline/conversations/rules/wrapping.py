"""How after-call work begins and ends, and what a wrap-up is. Pure: steps of ``changing.apply``."""

from dataclasses import replace
from datetime import datetime

from shiftline.conversations.errors import WrapupCodeMissing, WrapupNotTheirs, WrapupTooEarly
from shiftline.conversations.model.changes import BeginWrapup, EndWrapup, ExpireWrapup
from shiftline.conversations.model.conversations import SKIPPED, TIMED_OUT, Participant, Purpose, Wrapup, WrapupPrompt

# Whose after-call work begins with the end of the call, without being asked for.
BEGINS_BY_ITSELF = frozenset({WrapupPrompt.MANDATORY, WrapupPrompt.TIMEOUT, WrapupPrompt.FORCED_TIMEOUT})
# What can be over by itself: an unlimited one has no time, whatever a queue's settings still say.
_LIMITED = frozenset({WrapupPrompt.TIMEOUT, WrapupPrompt.FORCED_TIMEOUT, WrapupPrompt.AGENT_REQUESTED})
WRAPPING_UP = frozenset({Purpose.AGENT, Purpose.USER})


def limit(prompt: WrapupPrompt | None, timeout_ms: int | None) -> int | None:
    """After how many milliseconds after-call work is over by itself; None: never."""
    return timeout_ms if prompt in _LIMITED else None


def begin_wrapup(current: Participant, change: BeginWrapup, at: datetime) -> Participant:
    """After-call work begins, or will with the end of the call. Raises WrapupNotTheirs."""
    _check_purpose(current)
    if current.acw_started_at is not None:
        return current
    asked = replace(
        current,
        wrapup_required=change.prompt is not WrapupPrompt.OPTIONAL,
        wrapup_prompt=change.prompt,
        wrapup_timeout_ms=limit(change.prompt, change.timeout_ms),
    )
    return asked if asked.live or not asked.wrapup_required else replace(asked, acw_started_at=at)


def end_wrapup(current: Participant, change: EndWrapup, at: datetime) -> Participant:
    """A wrap-up is given, or none. Raises WrapupNotTheirs, WrapupTooEarly, WrapupCodeMissing."""
    _check_purpose(current)
    if current.live:
        raise WrapupTooEarly(current.id)
    if change.wrapup is None:
        return _give_none(current, at, skipped=change.skipped)
    return _give(current, change.wrapup, at)


def _check_purpose(current: Participant) -> None:
    if current.purpose not in WRAPPING_UP:
        raise WrapupNotTheirs(current.purpose)


def _give_none(current: Participant, at: datetime, *, skipped: bool) -> Participant:
    """After-call work ends without a wrap-up where the prompt leaves it to the agent."""
    if not current.wrapping_up:
        return replace(current, wrapup_skipped=current.wrapup_skipped or (skipped and current.wrapup is None))
    if current.wrapup_prompt in BEGINS_BY_ITSELF:
        raise WrapupCodeMissing
    return replace(current, acw_ended_at=at, wrapup_skipped=skipped, wrapup=_final(current, SKIPPED, at))


def _give(current: Participant, given: Wrapup, at: datetime) -> Participant:
    if given.code_id is None and not given.provisional:
        raise WrapupCodeMissing
    known = current.wrapup
    if known is not None and not known.provisional and (given.provisional or _says_the_same(given, known)):
        return current
    kept = replace(current, wrapup=replace(given, provisional=True))
    forced = current.wrapping_up and current.wrapup_prompt is WrapupPrompt.FORCED_TIMEOUT
    if given.provisional or (forced and not _is_due(current, at)):
        return kept
    given_at_last = replace(kept, wrapup=_final(kept, TIMED_OUT, at), wrapup_skipped=False)
    return replace(given_at_last, acw_ended_at=at) if current.wrapping_up else given_at_last


def _says_the_same(given: Wrapup, known: Wrapup) -> bool:
    """Whether a wrap-up that is given again says nothing new: a client that got no answer repeats itself."""
    times = {"duration_seconds": known.duration_seconds, "ended_at": known.ended_at}
    return replace(given, **{name: getattr(given, name) or value for name, value in times.items()}) == known


def _is_due(current: Participant, at: datetime) -> bool:
    return current.acw_due_at is not None and at >= current.acw_due_at


def _final(current: Participant, code_without: str, at: datetime) -> Wrapup:
    """What was saved last, for good; ``code_without`` stands for a code that nobody gave."""
    saved = current.wrapup or Wrapup(None)
    began = current.acw_started_at
    lasted = None if began is None else int((at - began).total_seconds())
    return replace(
        saved,
        code_id=saved.code_id or code_without,
        duration_seconds=lasted if saved.duration_seconds is None else saved.duration_seconds,
        ended_at=saved.ended_at or at,
        provisional=False,
    )


def expire_wrapup(current: Participant, _change: ExpireWrapup, at: datetime) -> Participant:
    """After-call work ends with what is there, once its time is over."""
    if not _is_due(current, at):
        return current
    return replace(current, acw_ended_at=at, wrapup=_final(current, TIMED_OUT, at))
