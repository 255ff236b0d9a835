"""Whatever waits and whoever works: what a choice must never get wrong, and that evidence tells the truth of it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shiftline.routing.model.choices import Agent, Need, Place, Refusal, Snapshot, Waiting
from shiftline.routing.model.queues import (
    HIGHEST_RING,
    LastAgentRouting,
    Medium,
    QueueSettings,
    Ring,
    ScoringMethod,
    SkillEvaluation,
)
from shiftline.routing.rules.choices import Explanation, choose_offers, group_of
from shiftline.routing.rules.eligibility import Ask, judge
from shiftline.routing.rules.lines import order
from shiftline.routing.rules.sentences import phrase

NOON = datetime(2023, 10, 27, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
QUEUES, SKILLS = ("voice", "sales", "help"), ("law", "tax", "german")
PEOPLE = tuple(f"agent-{number}" for number in range(8))

spans = st.integers(0, 600).map(lambda seconds: seconds * SECOND)
media: st.SearchStrategy[Medium] = st.sampled_from((Medium.CALL, Medium.CHAT, Medium.EMAIL))
needs = st.builds(
    Need,
    media,
    st.lists(st.sampled_from(SKILLS[:2]), max_size=2, unique=True).map(tuple),
    st.sampled_from((None, "german")),
)
settings = st.builds(
    QueueSettings,
    scoring_method=st.sampled_from(ScoringMethod),
    skill_evaluation=st.sampled_from(SkillEvaluation),
    last_agent_routing=st.sampled_from(LastAgentRouting),
    rings=st.lists(
        st.builds(Ring, spans, st.lists(st.sampled_from(SKILLS), max_size=2).map(tuple)), max_size=HIGHEST_RING
    ).map(tuple),
)
places = st.builds(Place, st.sampled_from((True, True, False)), st.integers(1, HIGHEST_RING))
mostly = st.sampled_from((True, True, True, False))


@st.composite
def agents(draw: st.DrawFn, person_id: str) -> Agent:
    reachable = draw(mostly)
    return Agent(
        person_id=person_id,
        active=draw(mostly),
        permitted=draw(mostly),
        reachable=reachable,
        connected=reachable or draw(mostly),
        station_id=draw(st.sampled_from(("station", "station", None))),
        auto_answer=False,
        status=draw(st.sampled_from(("IDLE", "IDLE", "IDLE", "INTERACTING", "OFF_QUEUE", "NOT_RESPONDING"))),
        since=NOON - draw(spans),
        alerted=not draw(mostly),
        load=draw(st.dictionaries(media, st.integers(1, 4), max_size=2)),
        skills=draw(st.dictionaries(st.sampled_from(SKILLS), st.floats(0, 5))),
        places=draw(st.dictionaries(st.sampled_from(QUEUES), places, min_size=1)),
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    waiting = [
        Waiting(
            id=f"call-{number}",
            conversation_id=f"call-{number}",
            queue_id=draw(st.sampled_from(QUEUES)),
            need=draw(needs),
            priority=draw(st.integers(-3, 3)),
            enqueued_at=NOON - draw(spans),
            last_agent_id=draw(st.sampled_from((None, *PEOPLE))),
        )
        for number in range(draw(st.integers(0, 12)))
    ]
    people = [draw(agents(person_id)) for person_id in PEOPLE[: draw(st.integers(0, len(PEOPLE)))]]
    names = st.sampled_from([each.id for each in waiting] or ["nothing"])
    refusals = draw(st.lists(st.builds(Refusal, names, st.sampled_from(PEOPLE), st.booleans()), max_size=6))
    return Snapshot({queue_id: draw(settings) for queue_id in QUEUES}, waiting, people, refusals)


def ask_of(snapshot: Snapshot, interaction: Waiting) -> Ask:
    queue_id, need, ring = group_of(interaction, snapshot, NOON)
    return Ask(queue_id, need, ring, snapshot.queues[queue_id].skill_evaluation, snapshot.utilization)


def declined(snapshot: Snapshot, interaction: Waiting, agent: Agent) -> bool:
    mine = (interaction.id, agent.person_id)
    return any(each.declined and (each.interaction_id, each.person_id) == mine for each in snapshot.refusals)


@given(snapshots(), st.integers(1, 5))
def test_nobody_and_nothing_is_given_twice_and_only_to_those_who_may_have_it(snapshot: Snapshot, limit: int) -> None:
    choices = choose_offers(snapshot, NOON, limit)
    assert len(choices) <= limit
    assert (
        len({each.agent.person_id for each in choices})
        == len({each.interaction.id for each in choices})
        == len(choices)
    )
    for choice in choices:
        assert judge(choice.agent, ask_of(snapshot, choice.interaction)) == ()
        assert not declined(snapshot, choice.interaction, choice.agent)


@given(snapshots())
def test_nobody_waits_while_somebody_who_may_have_it_is_free(snapshot: Snapshot) -> None:
    choices = choose_offers(snapshot, NOON, 100)
    given_to = {each.agent.person_id for each in choices}
    taken = {each.interaction.id for each in choices}
    for interaction in snapshot.waiting:
        for agent in snapshot.agents:
            if interaction.id not in taken and agent.person_id not in given_to:
                assert judge(agent, ask_of(snapshot, interaction)) or declined(snapshot, interaction, agent)


@given(snapshots())
def test_the_order_in_which_things_are_read_changes_nothing(snapshot: Snapshot) -> None:
    turned = Snapshot(
        snapshot.queues, snapshot.waiting[::-1], snapshot.agents[::-1], snapshot.refusals[::-1], snapshot.utilization
    )
    assert choose_offers(snapshot, NOON, 100) == choose_offers(turned, NOON, 100)


@given(snapshots())
def test_each_waits_in_line_once(snapshot: Snapshot) -> None:
    line = list(order(snapshot.waiting, snapshot.queues))
    assert sorted(each.id for each in line) == sorted(each.id for each in snapshot.waiting)


@given(snapshots())
def test_evidence_tells_of_every_other_member_once_and_with_a_reason_in_words(snapshot: Snapshot) -> None:
    choices = choose_offers(snapshot, NOON, 100)
    explanation, taken = Explanation(snapshot, NOON), {each.agent.person_id for each in choices}
    for choice in choices:
        evidence = explanation.explain(choice.interaction, choice.agent, taken)
        told = [person for passed in evidence.passed for person in passed.person_ids]
        members = {each.person_id for each in snapshot.agents if choice.interaction.queue_id in each.places}
        assert sorted((*told, choice.agent.person_id)) == sorted(members)
        assert all(passed.hindrances for passed in evidence.passed)
        assert all(phrase(each) for passed in evidence.passed for each in passed.hindrances)
