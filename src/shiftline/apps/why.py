"""`shiftline why`: whether an agent may sign in, connect or receive calls, and why, by the function that the API asks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import psycopg

from shiftline.access.model.connecting import Action
from shiftline.access.model.connecting import Question as Asked
from shiftline.access.operations.deciding import explain_access
from shiftline.access.operations.following import find_difference
from shiftline.access.rules.describing import describe_difference
from shiftline.apps.connections import make_engines, opened
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Invalid, Unavailable
from shiftline.foundation.settings import Settings
from shiftline.foundation.web.paging import Page
from shiftline.identity.model import Condition, PeopleSearch, Person
from shiftline.identity.operations.organizations import list_organizations
from shiftline.identity.operations.people import search_people
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations.vault import inspect_storage
from shiftline.signalling.propagation.operations import find_arrivals

ALLOWED, REFUSED, UNKNOWN = 0, 3, 4
_OPTIONS = {"conversationId": "--conversation", "queueId": "--queue", "from": "--since", "to": "--at"}
_SHOWN = 10
# The id decides, then the address, then the whole name, then a part of it.
_MEANT: tuple[tuple[str, Literal["EXACT", "CONTAINS"]], ...] = (
    ("id", "EXACT"),
    ("email", "EXACT"),
    ("name", "EXACT"),
    ("name", "CONTAINS"),
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: `agent` is a user's id, e-mail address or name; `at` None means now. `since`: what changed from then on."""

    agent: str
    action: Action
    at: datetime | None = None
    conversation_id: str | None = None
    queue_id: str | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """The decision as the API describes it, None when it could not even be asked, and the sentence to read first.

    ``changes``: what the API tells of the difference to an earlier instant, where that was asked.
    """

    sentence: str
    decision: Mapping[str, Any] | None = None
    changes: Mapping[str, Any] | None = None

    @property
    def exit_code(self) -> int:
        """0 allowed, 3 refused, 4 could not be known."""
        allowed = None if self.decision is None else self.decision["allowed"]
        return UNKNOWN if allowed is None else ALLOWED if allowed else REFUSED


async def ask_why(settings: Settings, question: Question) -> Answer:
    """Answer as the operator, who acts as the system.

    Raises StartRefusedError when no one agent is meant, or a conversation or queue that is not there.
    """
    asked = Asked(question.action, question.at, question.conversation_id, question.queue_id)
    keys = Keys(settings.recording_keys)
    async with opened(make_engines(settings, connections=2)) as engines:
        try:
            context = Context(engines.database, engines.clock, Actor("", "system"))
            own, person = await find_person(context, question.agent)
            if question.since is not None:
                return await _compare(own, person, replace(asked, at=None), (question.since, question.at or own.now()))
            decision = await explain_access(own, person.id, asked, None if keys.path is None else inspect_storage(keys))
        except Unavailable as unavailable:
            return Answer(f"Whether {question.agent} may {question.action} could not be known: {unavailable.message}")
        except Invalid as invalid:
            wrong = "; ".join(f"{_OPTIONS.get(each.field, each.field)}: {each.sentence}" for each in invalid.problems)
            raise StartRefusedError(wrong) from None
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
            raise StartRefusedError("The database is older than this Shiftline: run shiftline migrate.") from None
    return Answer(str(decision["sentence"]), decision)


async def _compare(context: Context, person: Person, asked: Asked, span: tuple[datetime, datetime]) -> Answer:
    """What changed between two instants; the decision is the later one's."""
    told: dict[str, Any] = describe_difference(await find_difference(context, person.id, asked, span, find_arrivals))
    return Answer(told["sentence"], told["after"], told)


async def find_person(context: Context, text: str) -> tuple[Context, Person]:
    """Find the one person meant, in whichever organization of this installation. Raises StartRefusedError."""
    async with context.reader() as reader:
        organizations = await list_organizations(reader)
    for field, kind in _MEANT:
        search = PeopleSearch(every=(Condition((field,), kind, (text,)),), with_deleted=True)
        found: list[tuple[Context, Person]] = []
        for organization in organizations:
            own = context.acting_as(Actor(organization.id, "system"))
            people, _ = await search_people(own, Page(size=_SHOWN), search)
            found += [(own, person) for person in people]
        if len(found) > 1:
            those = "; ".join(f"{person.name}, {person.email}, {person.id}" for _, person in found[:_SHOWN])
            raise StartRefusedError(f"{text!r} may mean several people: {those}. Give the e-mail address or the id.")
        if found:
            return found[0]
    raise StartRefusedError(f"There is nobody with the id, e-mail address or name {text!r}.")


def in_json(answer: Answer) -> str:
    """The answer as one line of JSON: the decision, or the sentence alone when nothing could be decided."""
    return json.dumps(answer.changes or answer.decision or {"sentence": answer.sentence, "allowed": None})


def in_words(answer: Answer) -> str:
    """The answer for a person: the sentence, then what stands against it, what does not, and what would help."""
    decision = answer.decision
    if decision is None:
        return answer.sentence
    if answer.changes is not None:
        return "\n".join(
            [answer.sentence, *_part("What changed", [_change(each) for each in answer.changes["changes"]])]
        )
    unknown = [gate for gate in decision["gates"] if gate["holds"] is None]
    lines = [answer.sentence, f"  at {decision['evaluated_at']}, decision {decision['decision_id']}"]
    lines += _part("What stands against it", [_gate(gate) for gate in decision["blockers"]])
    lines += _part("What could not be known", [_gate(gate) for gate in unknown])
    lines += _part("To keep in mind", [note["sentence"] for note in decision["warnings"]])
    lines += _part("Not a cause", [note["sentence"] for note in decision["not_a_cause"]])
    lines += _part("What would help", [_remedy(remedy) for remedy in decision["remedies"]])
    if decision["next_change_at"] is not None:
        lines += _part("Changes by itself", [f"at {decision['next_change_at']}"])
    return "\n".join(lines)


def _part(heading: str, entries: Sequence[str]) -> list[str]:
    return ["", heading, *(f"  - {entry}" for entry in entries)] if entries else []


def _change(change: Mapping[str, Any]) -> str:
    verdict = {True: "allowed", False: "refused", None: "not to be known"}[change["allowed"]]
    events = "; ".join(
        each["sentence"] + (f" by {each['by_name']}" if each["by_name"] else "") for each in change["events"]
    )
    what = events or ("by itself" if change["by_itself"] else "nothing tells what did it")
    codes = ", ".join((each["after"] or each["before"])["code"] for each in change["gates"])
    told = f"{change['at']}: {'now ' if change['turned'] else 'still '}{verdict} ({codes}): {what}"
    return "\n    ".join([told, *_arrivals(change["events"])])


def _arrivals(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """At which nodes the events of a change are, which came with one commit: of each node what concerns most. Nothing, if nothing is known."""
    every = [arrival for event in events for arrival in event["arrivals"] or ()]
    every.sort(key=lambda each: (each["lag_ms"] is None, each["sessions"] or 0, each["lag_ms"] or 0))
    by_node = sorted({each["node"]: each for each in every}.items())
    told = ", ".join(_arrival(each) for _, each in by_node if each["lag_ms"] is not None)
    missing = ", ".join(node for node, each in by_node if each["lag_ms"] is None)
    parts = [told and f"told {told}", missing and f"not yet at {missing}"]
    return ["; ".join(part for part in parts if part)] if by_node else []


def _arrival(arrival: Mapping[str, Any]) -> str:
    count = arrival["sessions"]
    sessions = "" if count == 0 else " (1 session)" if count == 1 else f" ({count} sessions)"
    return f"{arrival['node']} in {arrival['lag_ms']:.0f} ms{sessions}"


def _gate(gate: Mapping[str, Any]) -> str:
    source = gate["source"] or {}
    since = f" since {source['since']}" if source.get("since") else ""
    by = f" by {source['by']}" if source.get("by") else ""
    return f"{gate['sentence']} ({gate['code']}{since}{by})"


def _remedy(remedy: Mapping[str, Any]) -> str:
    """A remedy, what would come of it, and the line that does it."""
    told = f"{remedy['sentence']} ({remedy['who']}{', holds at once' if remedy['at_once'] else ''})"
    preview = remedy["preview"] and f"Then: {remedy['preview']['sentence']}"
    return "\n    ".join(each for each in (told, preview, remedy["command"]) if each)
