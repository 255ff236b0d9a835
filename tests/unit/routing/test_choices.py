"""Who is offered what, and why not the others."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shiftline.routing.model.choices import Agent, Need, Place, Refusal, Snapshot, Waiting
from shiftline.routing.model.queues import LastAgentRouting, Medium, QueueSettings, Ring, SkillEvaluation
from shiftline.routing.rules.choices import Explanation, choose_offers
from shiftline.routing.rules.sentences import phrase

NOON = datetime(2023, 10, 27, 12, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
CALL = Medium.CALL


def agent(name: str, idle_minutes: float = 1, **more: Any) -> Agent:
    """Somebody in the queue ``voice`` whom nothing hinders, idle for so many minutes at noon."""
    person = Agent(
        person_id=name,
        active=True,
        permitted=True,
        reachable=True,
        connected=True,
        station_id="station",
        auto_answer=False,
        status="IDLE",
        since=NOON - idle_minutes * MINUTE,
        places={"voice": Place(joined=True, ring_number=1)},
    )
    return replace(person, **more)


def call(name: str, minutes: float = 1, *skill_ids: str, **more: Any) -> Waiting:
    """Somebody who waits in the queue ``voice`` for so many minutes at noon."""
    waiting = Waiting(name, name, "voice", Need(CALL, skill_ids), 0, NOON - minutes * MINUTE)
    return replace(waiting, **more)


def snapshot(waiting: list[Waiting], agents: list[Agent], *refusals: Refusal, **settings: Any) -> Snapshot:
    return Snapshot({"voice": QueueSettings(**settings)}, waiting, agents, refusals)


def pairs(given: Snapshot, limit: int = 100) -> list[tuple[str, str]]:
    return [(each.interaction.id, each.agent.person_id) for each in choose_offers(given, NOON, limit)]


def codes(given: Snapshot, interaction: Waiting, chosen: str | None = None, *taken: str) -> dict[str, list[str]]:
    """By person: why they did not get an interaction. Everything told has a sentence."""
    picked = next((each for each in given.agents if each.person_id == chosen), None)
    evidence = Explanation(given, NOON).explain(interaction, picked, taken)
    for passed in evidence.passed:
        assert all(phrase(each) for each in passed.hindrances)
    return {person: [each.code for each in p.hindrances] for p in evidence.passed for person in p.person_ids}


def test_the_longest_idle_agent_gets_who_waits_longest() -> None:
    given = snapshot([call("new", 1), call("old", 5)], [agent("ana", 3), agent("ben", 9), agent("cid", 6)])
    assert pairs(given) == [("old", "ben"), ("new", "cid")]
    assert codes(given, call("old", 5), "ben", "cid") == {"ana": ["idle.for.less.time"], "cid": ["busy.with.offer"]}


def test_nobody_gets_two_and_no_more_are_made_than_asked_for() -> None:
    waiting = [call(str(number)) for number in range(9)]
    assert pairs(snapshot(waiting, [agent("ana")])) == [("0", "ana")]
    assert len(pairs(snapshot(waiting, [agent(str(number)) for number in range(9)]), limit=4)) == 4


def test_an_interaction_whose_skill_nobody_free_has_lets_the_next_one_go_first() -> None:
    given = snapshot([call("hard", 9, "law"), call("easy", 1)], [agent("ana")])
    assert pairs(given) == [("easy", "ana")]
    assert codes(given, call("hard", 9, "law")) == {"ana": ["skill.missing"]}


@pytest.mark.parametrize(
    ("evaluation", "gets"), [(SkillEvaluation.ALL, "ben"), (SkillEvaluation.BEST, "ana"), (SkillEvaluation.NONE, "cid")]
)
def test_skills_choose_as_the_queue_says(evaluation: SkillEvaluation, gets: str) -> None:
    agents = [
        agent("ana", 1, skills={"sales": 5.0}),
        agent("ben", 5, skills={"sales": 2.0}),
        agent("cid", 9),
    ]
    given = snapshot([call("x", 1, "sales")], agents, skill_evaluation=evaluation)
    assert pairs(given) == [("x", gets)]


def test_with_the_best_skills_equally_good_ones_are_chosen_by_idleness() -> None:
    agents = [
        agent("ana", 1, skills={"sales": 4.0}),
        agent("ben", 5, skills={"sales": 4.0}),
        agent("cid", 9, skills={"sales": 3.0}),
    ]
    given = snapshot([call("x", 1, "sales")], agents, skill_evaluation=SkillEvaluation.BEST)
    assert pairs(given) == [("x", "ben")]
    assert codes(given, given.waiting[0], "ben") == {"ana": ["idle.for.less.time"], "cid": ["skill.lower"]}


def test_an_outer_ring_is_asked_when_waiting_has_reached_it() -> None:
    outer = agent("ana", places={"voice": Place(joined=True, ring_number=2)})
    rings = (Ring(30 * SECOND, ("law",)), Ring(30 * SECOND))
    young, old = call("young", 0.4), call("old", 0.6, "law")
    assert pairs(snapshot([young], [outer], rings=rings)) == []
    assert codes(snapshot([young], [outer], rings=rings), young) == {"ana": ["ring.not.reached"]}
    assert pairs(snapshot([old], [outer], rings=rings)) == [("old", "ana")], "and its skill is asked for no more"
    assert pairs(snapshot([replace(young, priority=9), old], [outer], rings=rings)) == [("old", "ana")]


def test_who_declined_is_not_asked_again_and_gets_another() -> None:
    first, second = call("first", 2), call("second", 1)
    given = snapshot([first, second], [agent("ana")], Refusal("first", "ana", declined=True))
    assert pairs(given) == [("second", "ana")]
    assert codes(given, first) == {"ana": ["declined.before"]}


def test_who_missed_is_asked_again_only_if_nobody_else_is_free() -> None:
    ana, ben, missed = agent("ana", 9), agent("ben", 1), Refusal("x", "ana", declined=False)
    given = snapshot([call("x")], [ana, ben], missed)
    assert pairs(given) == [("x", "ben")]
    assert codes(given, call("x"), "ben") == {"ana": ["missed.before"]}
    assert pairs(snapshot([call("x")], [ana], missed)) == [("x", "ana")]


def test_the_last_agent_is_preferred_where_the_queue_says_so() -> None:
    agents, waiting = [agent("ana", 9), agent("ben", 1)], [call("x", last_agent_id="ben")]
    assert pairs(snapshot(waiting, agents)) == [("x", "ana")]
    given = snapshot(waiting, agents, last_agent_routing=LastAgentRouting.QUEUE_MEMBERS_ONLY)
    assert pairs(given) == [("x", "ben")]
    assert codes(given, waiting[0], "ben") == {"ana": ["last.agent.preferred"]}


def test_who_handles_least_goes_before_who_is_idle_longer() -> None:
    busy = agent("ana", 9, status="INTERACTING", load={Medium.CHAT: 1})
    chat = call("x", need=Need(Medium.CHAT))
    given = snapshot([chat], [busy, agent("ben", 1)])
    assert pairs(given) == [("x", "ben")]
    assert codes(given, chat, "ben") == {"ana": ["handles.more"]}
    assert pairs(snapshot([chat], [busy])) == [("x", "ana")]


def test_whom_nothing_hinders_but_the_number_of_offers_at_once_is_asked_next() -> None:
    assert codes(snapshot([call("x")], [agent("ana")]), call("x")) == {"ana": ["next.in.turn"]}


def test_evidence_groups_people_by_all_their_reasons() -> None:
    away = [agent(f"away-{number}", status="OFF_QUEUE", station_id=None) for number in range(50)]
    off = [agent(f"off-{number}", status="OFF_QUEUE") for number in range(30)]
    stranger = agent("stranger", places={"other": Place(joined=True, ring_number=1)})
    given = snapshot([call("x")], [*away, *off, agent("ana"), stranger])
    evidence = Explanation(given, NOON).explain(call("x"), given.agents[80], ())
    assert evidence.person_id == "ana"
    told = {tuple(each.code for each in passed.hindrances): len(passed.person_ids) for passed in evidence.passed}
    assert told == {("no.station", "not.on.queue"): 50, ("not.on.queue",): 30}
