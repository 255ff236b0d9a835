"""Rings of trades: the packing is the best there is, the screen refuses nothing that the rules allow, and a checker of its
own code finds nothing wrong with what is accepted.
"""

import copy
from itertools import combinations, permutations
from typing import Any

import pytest
from benchmarks.workforce.check_cycles import Checker
from benchmarks.workforce.market import make_market
from benchmarks.workforce.trade_cycles import steps_of
from benchmarks.workforce.trading import market_of
from hypothesis import given, settings
from hypothesis import strategies as st

from shiftline.workforce.trades.model import Mode
from shiftline.workforce.trades.model.cycles import Market
from shiftline.workforce.trades.rules import cycles as finding
from shiftline.workforce.trades.rules.cycles import find_arcs, find_best, graph_of, judge
from shiftline.workforce.trades.rules.packing import Graph, Ring, list_rings, pack, pack_greedily


@st.composite
def graphs(draw: st.DrawFn, most: int = 9) -> Graph:
    size = draw(st.integers(2, most))
    people = [f"p{draw(st.integers(0, size))}" for _ in range(size)]
    kinds = [draw(st.sampled_from(("both", "both", "both", "gives", "gets"))) for _ in range(size)]
    gives, gets = [kind != "gets" for kind in kinds], [kind != "gives" for kind in kinds]
    arcs: list[list[int]] = []
    for node in range(size):
        ends = [other for other in range(size) if people[other] != people[node]]
        if gets[node]:
            able = [other for other in ends if gives[other]]
            arcs.append([other for other in able if draw(st.booleans())])
        else:
            arcs.append([other for other in ends if not gives[other]])
    return Graph(people, arcs, gives, gets)


def every_ring(graph: Graph, longest: int) -> set[Ring]:
    """By trying all: what is a ring, from its definition."""
    found: set[Ring] = set()
    for length in range(2, longest + 1):
        for nodes in combinations(range(len(graph.people)), length):
            for rest in permutations(nodes[1:]):
                ring = (nodes[0], *rest)
                closed = all(ring[(place + 1) % length] in graph.arcs[node] for place, node in enumerate(ring))
                alone = len({graph.people[node] for node in ring}) == length
                if closed and alone and sum(not graph.gives[node] for node in ring) <= 1:
                    found.add(ring)
    return found


def best_of(graph: Graph, rings: list[Ring], taken: frozenset[str] = frozenset()) -> int:
    """By trying all: the most shifts that move when nobody is in two rings."""
    best = 0
    for place, ring in enumerate(rings):
        people = {graph.people[node] for node in ring}
        if not people & taken:
            best = max(best, graph.weigh(ring) + best_of(graph, rings[place + 1 :], taken | people))
    return best


@settings(deadline=None, max_examples=150)
@given(graphs(), st.integers(2, 4))
def test_the_packing_equals_brute_force(graph: Graph, longest: int) -> None:
    rings = every_ring(graph, longest)
    assert set(list_rings(graph, longest)) == rings
    packing = pack(graph, longest)
    assert packing.proven
    assert packing.moved == packing.bound == best_of(graph, sorted(rings))
    people = [graph.people[node] for ring in packing.rings for node in ring]
    assert len(people) == len(set(people))
    assert set(packing.rings) <= rings
    assert pack(graph, longest) == packing
    greedy = pack_greedily(graph, longest)
    assert set(greedy.rings) <= rings
    assert greedy.moved <= packing.moved


def small_market(seed: int) -> tuple[dict[str, Any], Market, Any]:
    instance = make_market(60, seed=seed, units=2, agents=40)
    return instance, *market_of(instance)


@pytest.mark.parametrize("seed", range(8))
def test_the_checker_finds_nothing_wrong_with_what_is_found(seed: int) -> None:
    instance, market, now = small_market(seed)
    found = find_best(market, now)
    rings = [steps_of(each.stands) for each in found.rings]
    assert Checker(instance).check(rings) == []
    assert found.packing.proven
    assert found.rounds == 1


@pytest.mark.parametrize("seed", range(8))
def test_the_screen_agrees_with_the_rules_on_every_ring(seed: int) -> None:
    """On rings of two and three, with every arc that there could be: the screen's are those that no rule refuses."""
    _, market, now = small_market(seed)
    screened = set(list_rings(graph_of(market, find_arcs(market, now)), 3))
    people = [stand.person_id for stand in market.stands]
    gives = [stand.trade is not None for stand in market.stands]
    gets = [bool(stand.accepts) for stand in market.stands]
    size = len(people)
    whole = [
        [o for o in range(size) if people[o] != people[n] and (gives[o] if gets[n] else not gives[o])]
        for n in range(size)
    ]
    near = set(list_rings(Graph(people, whole, gives, gets), 2))
    legal = {ring for ring in near if judge(market, ring, now).judgement.verdict is not Mode.REFUSE}
    assert {ring for ring in screened if len(ring) == 2} == legal
    for ring in screened:
        assert judge(market, ring, now).judgement.verdict is not Mode.REFUSE


def spoil_rest(instance: dict[str, Any], ring: list[dict[str, Any]]) -> None:
    agent = next(each for each in instance["agents"] if each["id"] == ring[0]["agent"])
    gets = next(s for a in instance["agents"] for s in a["shifts"] if s["id"] == ring[0]["gets"])
    agent["shifts"].append({"id": "more", "start": gets["end"] + 60, "end": gets["end"] + 120, "paid": 0, "skills": []})


def spoil_skill(instance: dict[str, Any], ring: list[dict[str, Any]]) -> None:
    next(s for a in instance["agents"] for s in a["shifts"] if s["id"] == ring[0]["gets"])["skills"].append("juggling")


def spoil_time_off(instance: dict[str, Any], ring: list[dict[str, Any]]) -> None:
    gets = next(s for a in instance["agents"] for s in a["shifts"] if s["id"] == ring[0]["gets"])
    next(each for each in instance["agents"] if each["id"] == ring[0]["agent"])["off"].append(
        [gets["start"], gets["end"]]
    )


def spoil_accepts(instance: dict[str, Any], ring: list[dict[str, Any]]) -> None:
    for each in (*instance["offers"], *instance["takers"]):
        each["accepts"] = [[start - 100_000, start - 99_000] for start, _ in each["accepts"]]


def spoil_limit(instance: dict[str, Any], ring: list[dict[str, Any]]) -> None:
    for unit in instance["units"]:
        unit["mostPerWeek"] = 0
    next(s for a in instance["agents"] for s in a["shifts"] if s["id"] == ring[0]["gets"])["paid"] += 600


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (spoil_rest, "would rest for 60 minutes"),
        (spoil_skill, "lacks a skill"),
        (spoil_time_off, "has the time off"),
        (spoil_accepts, "outside the accepted times"),
        (spoil_limit, "would be paid for"),
    ],
)
def test_the_checker_sees_what_is_wrong(spoil: Any, words: str) -> None:
    instance, market, now = small_market(1)
    rings = [steps_of(each.stands) for each in find_best(market, now).rings]
    known = {shift["id"] for agent in instance["agents"] for shift in agent["shifts"]}
    ring = next(each for each in rings if each[0].get("gets") in known)
    changed = copy.deepcopy(instance)
    spoil(changed, ring)
    assert any(words in sentence for sentence in Checker(changed).check([ring]))


def test_the_checker_sees_rings_that_share_somebody_or_do_not_close() -> None:
    instance, market, now = small_market(1)
    rings = [steps_of(each.stands) for each in find_best(market, now).rings]
    assert any("stands in another ring" in each for each in Checker(instance).check([rings[0], rings[0]]))
    assert Checker(instance).check([rings[0][:-1]]) != []
    assert Checker(instance).check([[*rings[0], *rings[0]]]) != []


def find_chain() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An instance, and a chain in its packing that begins with an open shift."""
    for seed in range(20):
        instance, market, now = small_market(seed)
        for ring in find_best(market, now).rings:
            steps = steps_of(ring.stands)
            if any("open" in step for step in steps):
                return instance, steps
    raise AssertionError("no chain from an open shift in any of these instances")


def test_the_checker_knows_chains_from_open_shifts() -> None:
    instance, chain = find_chain()
    assert Checker(instance).check([chain]) == []
    assert Checker(instance).check([[step for step in chain if "open" not in step]]) != []
    assert any("not there" in each for each in Checker({**instance, "openShifts": []}).check([chain]))
    assert any("stands in another ring" in each for each in Checker(instance).check([chain, chain]))
    demanding = copy.deepcopy(instance)
    for left in demanding["openShifts"]:
        left["shift"]["skills"].append("juggling")
    assert any("lacks a skill" in each for each in Checker(demanding).check([chain]))
    begun = copy.deepcopy(instance)
    for left in begun["openShifts"]:
        left["shift"]["start"], left["shift"]["end"] = -60, 60
    assert any("has begun" in each for each in Checker(begun).check([chain]))


@pytest.mark.parametrize("seed", range(3))
def test_what_the_screen_does_not_know_is_sifted_by_the_rules(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the screen's numbers for skills, rest and paid time the rules alone must come to the same packing."""
    _, market, now = small_market(seed)
    known = find_best(market, now)

    def let_through(*_: Any) -> bool:
        return True

    for name in ("_is_free", "_pays", "_alike"):
        monkeypatch.setattr(finding, name, let_through)
    assert find_best(market, now).packing.moved == known.packing.moved
