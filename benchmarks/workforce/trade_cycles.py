"""The best packing of rings of trades among a week's open offers and open shifts, beside a greedy one and pairs only."""

import json
import time
from typing import Any

from benchmarks.registry import Outcome, bench, say
from benchmarks.workforce.check_cycles import Checker
from benchmarks.workforce.market import Instance, make_market
from benchmarks.workforce.trading import market_of
from shiftline.workforce.trades.model.cycles import Stand
from shiftline.workforce.trades.rules.cycles import find_arcs, find_best, graph_of
from shiftline.workforce.trades.rules.packing import pack, pack_greedily

OFFERS = 2000
SEEDS = (1, 2, 3)
SECONDS = 10.0
EXACT = 6.0
"""Seconds of these after which the packing ends at its next look at its watch, some seconds later."""


def steps_of(stands: tuple[Stand, ...]) -> list[dict[str, Any]]:
    """A ring as the checker reads it."""
    count = len(stands)
    return [
        {"open": stand.open_shift.id}
        if stand.open_shift is not None
        else {
            "agent": stand.person_id,
            "offer": None if stand.trade is None else stand.trade.id,
            "gets": None if (giver := stands[(place + 1) % count]).trade is None else giver.trade.shift.id,
        }
        for place, stand in enumerate(stands)
    ]


@bench(
    "trade-cycles",
    group="workforce",
    bar=f"best packing of rings up to 4 among {OFFERS:,} offers in under {SECONDS:g} s of one core, with its gap; each legal",
)
def trade_cycles() -> Outcome:
    """Several seeds; the time is of the process, from the offers as read to the rings as judged by every rule."""
    runs = [_run(make_market(OFFERS, seed=seed), seed) for seed in SEEDS]
    worst = max(run["seconds"] for run in runs)
    figures = {
        "seconds": worst,
        "moved": [run["moved"] for run in runs],
        "bound": [run["bound"] for run in runs],
        "arcs": [run["arcs"] for run in runs],
        "gap": max(run["gap"] for run in runs),
        "proven": sum(run["moved"] == run["bound"] for run in runs),
        "illegal": sum(run["illegal"] for run in runs),
        "seeds": len(runs),
        "open_shifts": [run["open_shifts"] for run in runs],
        "open_shifts_filled": [run["filled"] for run in runs],
    }
    peer = {name: [run[name] for run in runs] for name in ("greedy", "pairs_only", "up_to_3")}
    sound = not figures["illegal"] and all(run["moved"] >= max(run["greedy"], run["pairs_only"]) for run in runs)
    return Outcome(figures, {"name": "shifts moved", **peer}, holds=worst < SECONDS and sound)


def _run(instance: Instance, seed: int) -> dict[str, Any]:
    market, now = market_of(instance)
    began = time.process_time()
    found = find_best(market, now, seconds=EXACT)
    seconds = time.process_time() - began
    rings = json.loads(json.dumps([steps_of(each.stands) for each in found.rings]))
    wrong = Checker(instance).check(rings)
    graph = graph_of(market, find_arcs(market, now))
    packing = found.packing
    say(
        f"seed {seed}: {packing.moved} of at most {packing.bound} shifts in {len(rings)} rings, {seconds:.1f} s, "
        f"{found.arcs} arcs, {found.rounds} rounds, illegal: {wrong[:3] or 'none'}"
    )
    return {
        "seconds": round(seconds, 2),
        "moved": packing.moved,
        "bound": packing.bound,
        "gap": round(packing.gap, 4),
        "arcs": found.arcs,
        "illegal": len(wrong),
        "open_shifts": len(instance["openShifts"]),
        "filled": sum("open" in step for ring in rings for step in ring),
        "greedy": pack_greedily(graph).moved,
        "pairs_only": pack(graph, 2).moved,
        "up_to_3": pack(graph, 3, EXACT).moved,
    }
