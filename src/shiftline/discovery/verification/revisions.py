"""Whether a recording's revisions are one chain, whose last says what the recording says, and whether its time rises. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from shiftline.discovery import canonical


def find_problem(record: Mapping[str, Any]) -> str | None:
    """What is wrong with the description of a recording, or None."""
    former, content = b"", None
    for number, each in enumerate(record["revisions"], 1):
        found = hashlib.sha256(former + each["content"].encode()).digest()
        if each["number"] != number or each["digest"] != found.hex():
            return f"its revision {each['number']} is not the one that was chained to the former: its digest is {found.hex()}"
        former = found
        content = _parse(each["content"])
        if content is None or content[:2] != [number, each["reason"]]:
            return f"its revision {number} says something else than what was hashed"
    if content is None or canonical.without_nulls(content[2]) != record["metadata"]:
        return "its metadata are not those of its last revision"
    metadata = record["metadata"]
    return find_time_problem(record["offsets"], metadata["started_at"], metadata["ended_at"])


def find_time_problem(offsets: Sequence[Mapping[str, str]], started_at: str, ended_at: str) -> str | None:
    """What is wrong with the offsets of a zone over a span: they begin with it and rise within it."""
    start, end = datetime.fromisoformat(started_at), datetime.fromisoformat(ended_at)
    instants = [datetime.fromisoformat(each["from"]) for each in offsets]
    if end < start:
        return f"it ends at {ended_at}, before it starts at {started_at}"
    if abs((instants[0] - start).total_seconds()) >= 0.001:  # noqa: PLR2004 - what a millisecond's text cuts
        return f"its first offset is from {offsets[0]['from']} on, not from its start"
    if any(later <= earlier for earlier, later in pairwise(instants)) or instants[-1] > max(end, instants[0]):
        return "its offsets do not rise in elapsed time from its start to its end"
    return None


def _parse(content: str) -> list[Any] | None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) and len(value) == 3 else None  # noqa: PLR2004 - number, reason, metadata
