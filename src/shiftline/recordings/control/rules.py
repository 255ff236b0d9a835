"""Which policy holds, what it allows, and what lies in a recording because of it. Pure."""

from collections.abc import Sequence
from datetime import datetime

from shiftline.foundation.decision import Decision, Reason, Remedy, Source
from shiftline.foundation.errors import Problem
from shiftline.foundation.time import Interval
from shiftline.recordings.control.errors import PolicyInvalid
from shiftline.recordings.control.model import Channel, RecordedPause, Scope, ScopedPolicy, Terms

ANY = "any"
DEFAULT = "default"
_WORDS = {Channel.CALL: "calls", Channel.MESSAGE: "messages", Channel.EMAIL: "e-mails"}


def choose_policy(policies: Sequence[ScopedPolicy], scope: Scope) -> ScopedPolicy:
    """The policy that holds for a conversation: of its queue and direction, else its queue, else its direction, else the default.

    Where nobody set one, everything is recorded. ``scope`` is the conversation's own: its direction is known.
    """
    for queue_id, direction in (
        (scope.queue_id, scope.direction),
        (scope.queue_id, None),
        (None, scope.direction),
        (None, None),
    ):
        wanted = Scope(scope.channel, queue_id, direction)
        for each in policies:
            if each.scope == wanted:
                return each
    return ScopedPolicy(Scope(scope.channel), Terms())


def name_policy(scope: Scope) -> str:
    """How a policy is called: queue, direction and channel."""
    return f"{scope.queue_id or DEFAULT}.{scope.direction or ANY}.{scope.channel}"


def describe_scope(scope: Scope) -> str:
    """A policy's scope in words."""
    what = f"{scope.direction} {_WORDS[scope.channel]}" if scope.direction else _WORDS[scope.channel]
    return f"{what} of {'the organization' if scope.queue_id is None else f'queue {scope.queue_id}'}"


def check_policy(scope: Scope, terms: Terms) -> None:
    """A policy does not contradict itself. Raises PolicyInvalid, naming each field."""
    problems: list[Problem] = []
    kept = terms.record or terms.snippet
    if terms.record and terms.snippet:
        problems.append(
            Problem("snippet", "was true, and record too: what is recorded all the time needs no hand. Set one.")
        )
    if terms.snippet and scope.channel is not Channel.CALL:
        problems.append(
            Problem("snippet", f"was true for {_WORDS[scope.channel]}: only of a call a part can be recorded.")
        )
    if terms.announce and scope.channel is not Channel.CALL:
        problems.append(
            Problem("announceConsent", f"was true for {_WORDS[scope.channel]}: it is spoken, so only in calls.")
        )
    elif terms.announce and not kept:
        problems.append(Problem("announceConsent", "was true, and nothing is recorded of which it could be said."))
    if problems:
        raise PolicyInvalid(*problems)


def judge_policy(policy: ScopedPolicy, *, by_hand: bool = False) -> Reason:
    """The gate of recording: what the policy says; ``by_hand``: somebody records a snippet just now."""
    terms, scope = policy.terms, policy.scope
    holds = terms.record or (terms.snippet and by_hand)
    if terms.snippet:
        what = "recorded only while somebody records by hand" + (", as is done now" if by_hand else "")
    else:
        what = "recorded" if terms.record else "not recorded"
    since = "by default" if policy.since is None else f"as set by {policy.changed_by}"
    said = f"{_capital(describe_scope(scope))} are {what}"
    return Reason(
        code="policy.record" if terms.record else "policy.snippet" if terms.snippet else "policy.none",
        holds=holds,
        sentence=f"{said}, {since}.",
        facts={
            "queueId": scope.queue_id,
            "ofQueue": scope.queue_id is not None,
            "direction": scope.direction,
            "channel": scope.channel.value,
            "policy": name_policy(scope),
        },
        source=Source("recordings.policy", policy.since, policy.changed_by),
        remedies=() if holds else (_SNIPPET, SWITCH_ON) if terms.snippet else (SWITCH_ON,),
        unnamed=None if policy.since is None else f"{said}, as it was set.",
    )


SWITCH_ON = Remedy(
    who="an administrator with recording:retentionPolicy:edit",
    what="switch recording on",
    at_once=True,
    sentence="The page (/recordings?part=policies) or PUT /api/v2/shiftline/recordings/policies switches recording on; it holds for legs that "
    "connect after it.",
)
_SNIPPET = Remedy(
    who="somebody in the call with conversation:call:record",
    what="record by hand",
    at_once=True,
    sentence="POST /api/v2/conversations/calls/{id}/participants/{id}/snippet/record begins to record, and ends it.",
)


def judge_pause(policy: ScopedPolicy, *, recorded: bool, now: datetime) -> Decision:
    """Whether a conversation's recording may be paused: its policy allows it, and it is (or would be) recorded."""
    terms, scope = policy.terms, policy.scope
    since = "by default" if policy.since is None else f"as set by {policy.changed_by}"
    allowed = Reason(
        code="pause.allowed" if terms.pause else "pause.forbidden",
        holds=terms.pause,
        sentence=f"Recording of {describe_scope(scope)} {'may' if terms.pause else 'may not'} be paused, {since}.",
        facts={"policy": name_policy(scope)},
        source=Source("recordings.policy", policy.since, policy.changed_by),
        remedies=() if terms.pause else (_PAUSE,),
    )
    told = "This call is recorded." if recorded else "Nothing of this call is recorded, so there is nothing to pause."
    something = Reason("recording.there" if recorded else "recording.none", recorded, told)
    return Decision(
        "pause", name_policy(scope), evaluated_at=now, gates=(something, allowed), what="pause the recording"
    )


_PAUSE = Remedy(
    who="an administrator with recording:retentionPolicy:edit",
    what="allow pauses",
    at_once=True,
    sentence="The page (/recordings?part=policies) allows it, or PUT /api/v2/shiftline/recordings/policies with pauseAllowed true; that holds at "
    "once, for calls under way too.",
)


def judge_snippet(policy: ScopedPolicy, now: datetime) -> Decision:
    """Whether a conversation may be recorded by hand."""
    terms, scope = policy.terms, policy.scope
    since = "by default" if policy.since is None else f"as set by {policy.changed_by}"
    how = (
        "are recorded by hand" if terms.snippet else f"are {'all' if terms.record else 'not'} recorded, and not by hand"
    )
    gate = Reason(
        code="snippet.allowed" if terms.snippet else "snippet.forbidden",
        holds=terms.snippet,
        sentence=f"{_capital(describe_scope(scope))} {how}, {since}.",
        facts={"policy": name_policy(scope)},
        source=Source("recordings.policy", policy.since, policy.changed_by),
    )
    return Decision("snippet", name_policy(scope), evaluated_at=now, gates=(gate,), what="record by hand")


def list_silences(pauses: Sequence[RecordedPause], span: Interval) -> tuple[Interval, ...]:
    """From when to when a recording holds nothing because of pauses, within its span, in order and without overlaps."""
    found: list[Interval] = []
    for each in sorted(pauses, key=lambda one: one.silent_from or one.pause.from_at):
        start = max(each.silent_from or each.pause.from_at, span.start, found[-1].end if found else span.start)
        end = min(each.silent_until or each.pause.until_at or span.end, span.end)
        if start < end:
            found.append(Interval(start, end))
    return tuple(found)


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"
