"""Command line: ``--list [--json]`` names the benches, ``NAME [--json]`` runs one and prints one JSON line last."""

import argparse
import json
import sys
from typing import Any

from benchmarks.registry import Bench, Skipped, find_benches, say


def main() -> int:
    """Run what is asked for; 0 unless a bar was missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("name", nargs="?", help="which bench")
    parser.add_argument("--list", action="store_true", help="name them all")
    parser.add_argument("--json", action="store_true", help="one JSON line on stdout, last")
    asked = parser.parse_args()
    benches = find_benches()
    if asked.list:
        return _list(benches, as_json=asked.json)
    if asked.name not in benches:
        parser.error(f"name one of: {', '.join(benches)}")
    line = _run(benches[asked.name])
    print(json.dumps(line) if asked.json else json.dumps(line, indent=2), flush=True)
    return 1 if line["holds"] is False else 0


def _list(benches: dict[str, Bench], *, as_json: bool) -> int:
    rows = [{"bench": each.name, "group": each.group, "bar": each.bar} for each in benches.values()]
    if as_json:
        print(json.dumps(rows))
    else:
        for row in rows:
            print(f"{row['bench']:24} {row['group']:12} {row['bar']}")
    return 0


def _run(bench: Bench) -> dict[str, Any]:
    line: dict[str, Any] = {"bench": bench.name, "group": bench.group}
    try:
        outcome = bench.run()
    except Skipped as reason:
        say(f"skipped: {reason}")
        return {**line, "figures": {}, "peer": {}, "bar": bench.bar, "holds": None, "skipped": str(reason)}
    return {**line, "figures": outcome.figures, "peer": outcome.peer, "bar": bench.bar, "holds": outcome.holds}


if __name__ == "__main__":
    sys.exit(main())
