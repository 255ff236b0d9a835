"""Are calls recorded: by the rule that opens recordings; and was one call, told from what was written. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shiftline.access.model.connecting import Snapshot
from shiftline.access.model.recording import (
    NotMadeFact,
    PauseFact,
    Recorded,
    RecordingFact,
    RecordingWish,
    SpeakerFact,
)
from shiftline.access.rules import policies
from shiftline.access.rules.connecting import name_of
from shiftline.access.rules.irrelevances import list_irrelevances
from shiftline.access.rules.words import at, lasting, listing
from shiftline.foundation.decision import Decision, Fact, Reason, Remedy, Source
from shiftline.recordings.model import Storage
from shiftline.recordings.rules import judge_storage

_SET_BY = re.compile(r", as set by .*?\.(?= |$)")
_SHOWN = 12
"""Hexadecimal digits of a hash in a sentence; the facts have all."""


def judge_recordings(snapshot: Snapshot, wish: RecordingWish, storage: Storage | None) -> Decision:
    """Whether a queue's calls, or else all that the person may get or make, are recorded. ``storage`` None: not to be known here.

    A gate for each policy that decides of some of them, by the rule that opens recordings: of a queue and a direction.
    """
    queues = [wish.named] if wish.named else [None, *wish.joined]
    chosen = policies.choose_all(wish.policies, queues)
    gates = [policies.judge(each, wish.policies, queues) for each in chosen]
    refused = [gate for gate in gates if gate.holds is False]
    in_part = 0 < len(refused) < len(gates)
    if storage is not None:
        gates.append(judge_storage(storage))
        in_part = in_part and storage.problem is None
    whose = f"the queue {wish.named.name}" if wish.named else name_of(snapshot)
    against = [gate for gate in gates if gate.holds is False]
    are = f"Calls of {whose} are not recorded"
    if in_part:
        are = f"Not all calls of {whose} are recorded"
    elif against and all(gate.code == "policy.snippet" for gate in against):
        are = f"Calls of {whose} are recorded in part only"
    told = f"{are}: {_all(against)}" if against else f"Calls of {whose} are recorded: {_all(gates)}"
    if not against or any(gate.code.startswith("policy.") for gate in against):
        told = f"{told} {policies.tell_deciding(chosen)}"
    return _decide(snapshot, gates, told)


def _all(gates: Sequence[Reason]) -> str:
    return " ".join(gate.sentence for gate in gates)


def _decide(snapshot: Snapshot, gates: Sequence[Reason], told: str) -> Decision:
    return Decision(
        action="record",
        subject_id=snapshot.person_id,
        evaluated_at=snapshot.at,
        gates=tuple(gates),
        not_a_cause=list_irrelevances("record", snapshot),
        who=name_of(snapshot),
        what="be recorded",
        told=told,
    )


# One conversation


def judge_recorded(snapshot: Snapshot, recorded: Recorded) -> Decision:
    """Whether what each one gave a conversation was recorded, in which recording, or why not."""
    tale = _Tale(recorded, snapshot.at)
    gates = [_tell_recording(each, tale) for each in recorded.recordings]
    gates += [_tell_not_made(each, tale) for each in recorded.not_made]
    pauses = [_tell_pause(each, tale) for each in recorded.pauses] if recorded.recordings else []
    told_of = {each.participant_id for each in (*recorded.recordings, *recorded.not_made)}
    gates += [_tell_silence(each, tale) for each in recorded.speakers if each.id not in told_of and tale.met(each)]
    if not gates:
        gates = [_tell_nobody(recorded)]
    gates += pauses
    told, decided = _tell_whole(gates), policies.find_deciding(recorded)
    if decided and not any(gate.code == "recording.lost" for gate in gates):
        told = f"{told} {policies.tell_deciding(decided)}"
    return _decide(snapshot, gates, told)


@dataclass(frozen=True, slots=True)
class _Tale:
    """What was recorded of a conversation, told at an instant."""

    recorded: Recorded
    now: datetime

    def at(self, instant: datetime) -> str:
        return at(instant, self.recorded.zone, self.now)

    def who(self, participant_id: str) -> str:
        """Whose leg it was, as far as it may be told."""
        speaker = next((each for each in self.recorded.speakers if each.id == participant_id), None)
        if speaker is None:
            return "somebody"
        return speaker.name or ("the customer" if speaker.purpose == "customer" else f"another {speaker.purpose}")

    def met(self, one: SpeakerFact) -> bool:
        """Whether somebody else was connected at the same time: only then there is anything to record."""
        return any(
            other.id != one.id and _start(one, other) < min(_end(one, self.now), _end(other, self.now))
            for other in self.recorded.speakers
        )


def _start(one: SpeakerFact, other: SpeakerFact) -> datetime:
    return max(one.connected_at, other.connected_at)


def _end(speaker: SpeakerFact, now: datetime) -> datetime:
    """When somebody left; whoever is there still stays a moment longer."""
    return min(speaker.ended_at or now, now) if speaker.ended_at else now + timedelta(microseconds=1)


def _tell_recording(fact: RecordingFact, tale: _Tale) -> Reason:
    whose = tale.who(fact.participant_id)
    began = tale.at(fact.started_at).removeprefix("at ").removeprefix("on ")
    facts = _facts_of(fact)
    source = Source("recordings.recording", fact.started_at)
    if fact.ended_at is None or fact.ended_at > tale.now:
        return Reason("recording.open", True, f"{_capital(whose)} is recorded since {began}.", facts, source)
    source = Source("recordings.recording", fact.ended_at)
    if fact.state != "sealed":
        why = f" {fact.why_lost}" if fact.why_lost else ""
        sentence = f"The recording of {whose} from {began} on is lost: nothing of its sound was found.{why}"
        return Reason("recording.lost", False, sentence, facts, source)
    span = lasting(timedelta(milliseconds=fact.duration_ms or 0))
    crash = ", up to the crash that ended it" if fact.ended_by == "crash" else ""
    digits = (fact.sha256 or "")[:_SHOWN]
    sentence = f"{_capital(whose)} is recorded from {began} for {span}{crash}, sealed with the SHA-256 {digits}."
    return Reason("recording.sealed", True, sentence, facts, source)


def _facts_of(fact: RecordingFact) -> dict[str, Fact]:
    return {
        "recordingId": fact.id,
        "participantId": fact.participant_id,
        "legId": fact.leg_id,
        "state": fact.state,
        "reason": fact.reason,
        "startedAt": fact.started_at.isoformat(),
        "endedAt": None if fact.ended_at is None else fact.ended_at.isoformat(),
        "endedBy": fact.ended_by,
        "durationMs": fact.duration_ms,
        "packets": fact.packets,
        "lost": fact.lost,
        "size": fact.size,
        "sha256": fact.sha256,
        "revision": fact.revision,
    }


def _tell_pause(fact: PauseFact, tale: _Tale) -> Reason:
    """A pause that lasts stands against it; one that is over is only told: that nothing of it is kept was wanted."""
    since = tale.at(fact.from_at).removeprefix("at ").removeprefix("on ")
    over = fact.until_at is not None and fact.until_at <= tale.now
    facts: dict[str, Fact] = {
        "conversationId": tale.recorded.conversation_id,
        "pausedAt": fact.from_at.isoformat(),
        "pausedBy": fact.from_by or None,
        "resumedAt": fact.until_at.isoformat() if over and fact.until_at else None,
        "resumedBy": (fact.until_by or None) if over else None,
    }
    paused = _paused_by(fact.from_name, fact.from_by, tale)
    if not over:
        sentence = (
            f"Recording is paused since {since} by {paused}: nothing that is said is kept until somebody resumes."
        )
        source = Source("recordings.pause", fact.from_at, fact.from_by or None)
        return Reason("recording.paused", False, sentence, facts, source, (_RESUME,))
    assert fact.until_at is not None
    until = tale.at(fact.until_at).removeprefix("at ").removeprefix("on ")
    resumed = _paused_by(fact.until_name, fact.until_by or "", tale)
    by = f"by {paused}" if resumed == paused else f"by {paused}, and resumed by {resumed}"
    sentence = f"Recording was paused from {since} until {until} {by}: nothing of that time is kept."
    source = Source("recordings.pause", fact.until_at, fact.until_by or None)
    return Reason("recording.was_paused", True, sentence, facts, source)


_RESUME = Remedy(
    who="who is in the call with conversation:call:record, others with conversation:recording:pauseOthers",
    what="resume recording",
    at_once=True,
    sentence="The button of the recording on the page resumes, or PUT /api/v2/conversations/calls/{id}/recordingstate with ACTIVE.",
)


def _paused_by(name: str | None, person_id: str, tale: _Tale) -> str:
    """Who it was, as far as it may be told."""
    spoke = any(each.person_id == person_id and each.person_id for each in tale.recorded.speakers)
    return name or ("another agent" if spoke or not person_id else person_id)


def _tell_not_made(fact: NotMadeFact, tale: _Tale) -> Reason:
    why = fact.sentence.partition(": ")[2] or fact.sentence
    sentence = f"{_capital(tale.who(fact.participant_id))} is not recorded, as decided {tale.at(fact.at)}: {why}"
    unnamed = _SET_BY.sub(", as it was set.", sentence)
    facts: dict[str, Fact] = {"participantId": fact.participant_id, "legId": fact.leg_id, "codes": list(fact.codes)}
    source = Source("recordings.recording", fact.at)
    return Reason(
        "recording.not_made", False, sentence, facts, source, unnamed=None if unnamed == sentence else unnamed
    )


def _tell_silence(speaker: SpeakerFact, tale: _Tale) -> Reason:
    sentence = f"{_capital(tale.who(speaker.id))} was connected {tale.at(speaker.connected_at)}, and nothing tells of a recording."
    facts = {"participantId": speaker.id}
    return Reason("recording.unknown", None, sentence, facts, Source("conversations.participant", speaker.connected_at))


def _tell_nobody(recorded: Recorded) -> Reason:
    names = [each.name or each.purpose for each in recorded.speakers]
    alone = f"only {listing(names)} was connected" if len(names) == 1 else "nobody was connected with somebody else"
    sentence = f"There was nothing to record: {alone}, and waiting is not recorded."
    return Reason("recording.not_begun", False, sentence, {"conversationId": recorded.conversation_id})


def _tell_whole(gates: Sequence[Reason]) -> str:
    """The first sentence: what there is and what there is not."""
    against = [gate for gate in gates if gate.holds is False]
    kept = [gate for gate in gates if gate.holds]
    if against:
        return f"{'Not all of this call is' if kept else 'This call is not'} recorded: {_all(against)}"
    unknown = [gate for gate in gates if gate.holds is None]
    if unknown:
        return f"Whether all of this call is recorded could not be known: {_all(unknown)}"
    but = (
        ", but for the time in which it was paused" if any(each.code == "recording.was_paused" for each in kept) else ""
    )
    return f"This call is recorded{but}: {_all(kept)}"


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"
