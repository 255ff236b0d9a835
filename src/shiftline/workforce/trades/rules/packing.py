"""The best packing of rings: as many shifts as possible change hands, and nobody stands in two rings. Pure, deterministic.

A *ring* is a cycle (each gets the shift of the next one) or a chain, closed by an arc along which nothing moves: from the
one who gives for nothing (an open shift is nobody's gift) to the one who takes for nothing. All rings that are good lie on arcs of a graph; there are far
too many to list them (hundreds of millions in a busy week). So they are made as they are needed: a linear program over
some rings (HiGHS) prices each person, all other rings are held against these prices, and those that would gain enter it,
until none does. Its optimum bounds every packing. A whole packing from the same rings follows; where it misses the bound,
every ring that a better packing could hold enters too, and the exact search among these is the proof.

Source: Abraham, Blum, Sandholm (2007) price cycles of kidney exchange; Dickerson et al. (2016) compare the formulations.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeAlias

import highspy
import numpy as np
from numpy.typing import NDArray

LONGEST: Final = 4
PAIR: Final = 2
TRIPLE: Final = 3
GAIN: Final = 1e-7
"""Below this a ring gains nothing: the tolerance of the linear program."""
SLACK: Final = 1e-5
"""What a bound may lie beneath a whole number and still mean it."""
AROUND: Final = 6
"""Rings of one node that enter the linear program in one round."""
FEW: Final = 8_000
"""Rings that an exact search takes within seconds."""
RINGS_AT_MOST: Final = 100_000
"""In the exact search; where more could stand in a better packing, the gap is told instead."""
SECONDS: Final = 60.0

Ring: TypeAlias = tuple[int, ...]
Values: TypeAlias = NDArray[np.float64]
Table: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Graph:
    """Who could get whose shift. ``arcs[u]``: the nodes whose shift u could get; a chain's giver (``gets`` False) has
    arcs to the takers (``gives`` False) that could close it. Nobody has an arc to themselves.
    """

    people: Sequence[str]
    arcs: Sequence[Sequence[int]]
    gives: Sequence[bool]
    gets: Sequence[bool]

    def weigh(self, ring: Ring) -> int:
        """How many shifts change hands in a ring."""
        return sum(self.gives[node] for node in ring)


@dataclass(frozen=True, slots=True)
class Packing:
    """Rings that share nobody. ``bound``: more shifts than this cannot be moved; ``priced``: rings that were looked at."""

    rings: tuple[Ring, ...]
    moved: int
    bound: int
    priced: int

    @property
    def proven(self) -> bool:
        """Whether no packing moves more."""
        return self.moved >= self.bound

    @property
    def gap(self) -> float:
        """By how much of itself the packing could be better at most."""
        return (self.bound - self.moved) / max(self.moved, 1)


class _Pricer:
    """The nodes of a graph that rings can lie in, as tables: to find rings by the sum of their nodes' values."""

    def __init__(self, graph: Graph, nodes: Sequence[int], longest: int) -> None:
        self.nodes, self.longest, self.size = nodes, longest, len(nodes)
        place = {node: index for index, node in enumerate(nodes)}
        numbers = _numbers([graph.people[node] for node in nodes])
        people = np.array([numbers[graph.people[node]] for node in nodes])
        self.arc = np.zeros((self.size, self.size), dtype=bool)
        for node in nodes:
            self.arc[place[node], [place[other] for other in graph.arcs[node] if other in place]] = True
        self.after = [np.flatnonzero(self.arc[node]) for node in range(self.size)]
        self.before = [np.flatnonzero(self.arc[:, node]) for node in range(self.size)]
        # Two chains in one ring are two rings; and whoever stands across is somebody else.
        ends = np.array([int(graph.gives[node]) - int(graph.gets[node]) for node in nodes])
        same_end = (ends[:, None] == ends[None, :]) & (ends[:, None] != 0)
        self.across = (people[:, None] != people[None, :]) & ~same_end
        self.above = np.triu(np.ones((self.size, self.size), dtype=bool), 1)

    def _midway(self, values: Values) -> tuple[Table, Table]:
        """The best node between each two, and its value: later writes are of higher values."""
        best = np.full((self.size, self.size), -np.inf)
        by = np.full((self.size, self.size), -1, dtype=np.int32)
        for node in np.argsort(values, kind="stable"):
            block = np.ix_(self.before[node], self.after[node])
            best[block], by[block] = values[node], node
        return best, by

    def price(self, values: Values, floor: float) -> list[tuple[float, Ring]]:
        """For each two nodes the best ring of each length in which they stand across, if it is worth more than ``floor``."""
        ends = values[:, None] + values[None, :]
        found = [(ends[s, b], (s, b)) for s, b in np.argwhere(self.above & self.arc & self.arc.T & (ends > floor))]
        if self.longest > PAIR:
            best, by = self._midway(values)
            total = ends + best
            corners = np.argwhere(self.arc.T & (total > floor))
            found += [(total[s, b], (s, by[s, b], b)) for s, b in corners if s < min(by[s, b], b)]
            if self.longest > TRIPLE:
                total += best.T
                for s, b in np.argwhere(self.above & self.across & (total > floor)):
                    a, c = by[s, b], by[b, s]
                    one = [(total[s, b], (s, a, b, c))] if self.across[a, c] else self._cross(s, b, values, floor)[:1]
                    found += one
        return [(float(worth), self._name(ring)) for worth, ring in found]

    def _name(self, ring: Iterable[Any]) -> Ring:
        """A ring by the graph's own nodes, from its lowest on."""
        named = tuple(self.nodes[each] for each in ring)
        first = named.index(min(named))
        return named[first:] + named[:first]

    def _cross(self, s: int, b: int, values: Values, floor: float) -> list[tuple[float, Ring]]:
        """All rings of four in which two nodes stand across, the best first."""
        there, back = np.flatnonzero(self.arc[s] & self.arc[:, b]), np.flatnonzero(self.arc[b] & self.arc[:, s])
        total = values[s] + values[b] + values[there][:, None] + values[back][None, :]
        good = np.argwhere((total > floor) & self.across[np.ix_(there, back)])
        found = [(float(total[i, j]), (s, int(there[i]), b, int(back[j]))) for i, j in good]
        return sorted(found, key=lambda each: (-each[0], each[1]))

    def list_all(self, values: Values, floor: float) -> Iterator[Ring]:
        """Every ring that is worth more than ``floor``, once."""
        ends = values[:, None] + values[None, :]
        for ring in np.argwhere(self.above & self.arc & self.arc.T & (ends > floor)):
            yield self._name(ring)
        if self.longest == PAIR:
            return
        best, _ = self._midway(values)
        for s, b in np.argwhere(self.arc.T & (ends + best > floor)):
            ways = np.flatnonzero(self.arc[s] & self.arc[:, b] & (values > floor - ends[s, b]))
            yield from (self._name((s, a, b)) for a in ways if s < min(a, b))
        if self.longest == TRIPLE:
            return
        for s, b in np.argwhere(self.above & self.across & (ends + best + best.T > floor)):
            yield from (self._name(ring) for _, ring in self._cross(s, b, values, floor) if s < min(ring[1], ring[3]))


def _numbers(names: Sequence[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def find_knots(graph: Graph) -> list[list[int]]:
    """The strongly connected parts of a graph that hold more than one node: every ring lies within one of them."""
    before: list[list[int]] = [[] for _ in graph.people]
    for node, others in enumerate(graph.arcs):
        for other in others:
            before[other].append(node)
    rest = {node for node, others in enumerate(graph.arcs) if others and before[node]}
    found: list[list[int]] = []
    while rest:
        start = min(rest)
        knot = _reach(start, graph.arcs, rest) & _reach(start, before, rest)
        rest -= knot
        if len(knot) > 1:
            found.append(sorted(knot))
    return found


def _reach(start: int, arcs: Sequence[Sequence[int]], inside: set[int]) -> set[int]:
    """All nodes that can be reached from one, itself with them."""
    reached, edge = {start}, [start]
    while edge:
        fresh = [other for other in arcs[edge.pop()] if other in inside and other not in reached]
        reached.update(fresh)
        edge += fresh
    return reached


class _Master:
    """Rings as columns, people as rows that hold one ring at most: the linear program over the rings at hand."""

    def __init__(self, graph: Graph, longest: int) -> None:
        self.graph = graph
        self.pricers = [_Pricer(graph, knot, longest) for knot in find_knots(graph)]
        numbers = _numbers(graph.people)
        self.person = np.array([numbers[name] for name in graph.people], dtype=np.int32)
        self.weight = np.array(graph.gives, dtype=np.float64)
        self.rings: dict[Ring, None] = {}
        self.solver = self.empty()

    def empty(self) -> highspy.Highs:
        """A program of all people and no ring."""
        solver = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
            solver.setOptionValue(name, value)
        none, count = np.array([], dtype=np.int32), len(set(self.graph.people))
        solver.addRows(count, np.full(count, -np.inf), np.ones(count), 0, none, none, np.array([]))
        solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        return solver

    def fill(self, solver: highspy.Highs, rings: Sequence[Ring]) -> None:
        """Give a program more rings."""
        count = len(rings)
        if not count:
            return
        weights = np.array([self.graph.weigh(ring) for ring in rings], dtype=np.float64)
        starts = np.cumsum([0, *(len(ring) for ring in rings[:-1])], dtype=np.int32)
        rows = np.concatenate([self.person[list(ring)] for ring in rings])
        solver.addCols(count, weights, np.zeros(count), np.ones(count), len(rows), starts, rows, np.ones(len(rows)))

    def add(self, rings: Iterable[Ring]) -> int:
        """Take the rings that are new into the linear program; how many there were."""
        fresh = [ring for ring in dict.fromkeys(rings) if ring not in self.rings]
        self.rings.update(dict.fromkeys(fresh))
        self.fill(self.solver, fresh)
        return len(fresh)

    def solve(self) -> tuple[float, Values]:
        """The optimum, and what each node is worth at its prices: its shift, less what its person costs."""
        self.solver.run()
        costs = np.maximum(np.array(self.solver.getSolution().row_dual), 0.0)
        return self.solver.getInfo().objective_function_value, self.weight - costs[self.person]

    def list_gains(self, values: Values) -> list[Ring]:
        """Rings that are worth more than they cost: the best ones, and not too many around one node, so that a round
        helps everywhere.
        """
        priced = [each for pricer in self.pricers for each in pricer.price(values[pricer.nodes], GAIN)]
        seen: dict[int, int] = {}
        chosen: list[Ring] = []
        for _, ring in sorted(priced, key=lambda each: (-each[0], each[1])):
            if max(seen.get(node, 0) for node in ring) < AROUND:
                chosen.append(ring)
                for node in ring:
                    seen[node] = seen.get(node, 0) + 1
        return chosen

    def list_worth(self, values: Values, floor: float) -> list[Ring]:
        """All rings that are worth more than ``floor``, or one more than the exact search takes."""
        every = (ring for pricer in self.pricers for ring in pricer.list_all(values[pricer.nodes], floor))
        return list(islice(every, RINGS_AT_MOST + 1))

    def choose(self, rings: Sequence[Ring], until: float, *, near: bool = False) -> tuple[list[Ring], int]:
        """The best packing of some rings (or with ``near`` one within a hundredth), and the most that any could move."""
        solver = self.empty()
        self.fill(solver, rings)
        kinds: Any = np.full(len(rings), highspy.HighsVarType.kInteger.value, dtype=np.uint8)
        solver.changeColsIntegrality(len(rings), np.arange(len(rings), dtype=np.int32), kinds)
        # Weights are whole: what is less than one away is the optimum.
        for name, value in (("mip_rel_gap", 0.01 if near else 0.0), ("mip_abs_gap", 0.99)):
            solver.setOptionValue(name, value)

        # Seconds of this thread, not of the wall: on a busy machine the search ends where it does on an idle one.
        def look_at_the_watch(event: Any) -> None:
            event.interrupt(time.thread_time() > until)

        solver.cbMipInterrupt += look_at_the_watch
        solver.run()
        chosen = [ring for ring, value in zip(rings, solver.getSolution().col_value, strict=True) if value > 1 / 2]
        return chosen, int(solver.getInfo().mip_dual_bound + SLACK)


def pack(graph: Graph, longest: int = LONGEST, seconds: float = SECONDS) -> Packing:
    """The packing of rings of at most ``longest`` people (2 to 4) that moves the most shifts, or what is known of it.

    ``seconds`` of one core bound the search (it looks at its watch now and then); within them the same graph gives the same packing.
    """
    began = time.thread_time()
    master = _Master(graph, longest)
    if not master.pricers:
        return Packing((), 0, 0, 0)
    greedy = pack_greedily(graph, longest)
    master.add(greedy.rings)
    while True:
        optimum, values = master.solve()
        if not master.add(master.list_gains(values)):
            break
    bound = int(optimum + SLACK)
    chosen = list(greedy.rings)
    wanted = master.list_worth(values, greedy.moved + 1 - optimum - SLACK)
    if len(wanted) > FEW:
        # A better packing from the rings at hand, so that fewer rings are left that could make a still better one.
        chosen, _ = master.choose(list(master.rings), began + seconds / 2, near=True)
        wanted = master.list_worth(values, _sum(graph, chosen) + 1 - optimum - SLACK)
    moved = _sum(graph, chosen)
    # With many rings left and half of the time gone, the proof is out of reach: what it takes is better not begun.
    late = len(wanted) > FEW and time.thread_time() > began + seconds / 2
    if moved < bound and not late:
        better, most = master.choose(wanted, began + seconds)
        chosen = max(chosen, better, key=lambda rings: _sum(graph, rings))
        moved = _sum(graph, chosen)
        # Every ring in a packing of more than what was at hand is among those that were wanted.
        bound = bound if len(wanted) > RINGS_AT_MOST else min(bound, max(moved, most))
    return Packing(tuple(sorted(chosen)), moved, bound, len(master.rings | dict.fromkeys(wanted)))


def _sum(graph: Graph, rings: Iterable[Ring]) -> int:
    return sum(graph.weigh(ring) for ring in rings)


def pack_greedily(graph: Graph, longest: int = LONGEST) -> Packing:
    """Offer by offer in their order, the first ring of most shifts whose people are free. What a simpler tool would do."""
    taken: set[str] = set()
    rings: list[Ring] = []
    for node in range(len(graph.people)):
        if graph.people[node] in taken:
            continue
        found = max(_rings_from(graph, node, longest, taken), key=graph.weigh, default=None)
        if found is not None:
            first = found.index(min(found))
            rings.append(found[first:] + found[:first])
            taken |= {graph.people[each] for each in found}
    moved = sum(graph.weigh(ring) for ring in rings)
    return Packing(tuple(sorted(rings)), moved, moved, 0)


def _rings_from(graph: Graph, start: int, longest: int, taken: set[str]) -> Iterator[Ring]:
    """The rings through a node, depth first; the search ends with the first of full length."""
    paths: list[Ring] = [(start,)]
    while paths:
        path = paths.pop()
        busy = {graph.people[node] for node in path} | taken
        closed = (
            len(path) > 1
            and start in graph.arcs[path[len(path) - 1]]
            and sum(not graph.gives[node] for node in path) <= 1
        )
        if closed:
            yield path
            if len(path) == longest:
                return
        if len(path) < longest:
            paths += [
                (*path, node) for node in reversed(graph.arcs[path[len(path) - 1]]) if graph.people[node] not in busy
            ]


def list_rings(graph: Graph, longest: int = LONGEST) -> list[Ring]:
    """Every ring, each once; for small graphs."""
    pricers = [_Pricer(graph, knot, longest) for knot in find_knots(graph)]
    return sorted(ring for pricer in pricers for ring in pricer.list_all(np.zeros(pricer.size), -1.0))
