"""The export log: each file with its size, hash and tries, and what was left out, with its reason; whole and by agent."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

from shiftline.discovery import canonical, places
from shiftline.discovery.model import Exclusion, Export, Stored

SCHEMA = "log-entry"
COLUMNS = (
    "outcome", "path", "number", "conversationId", "agentIds", "mediaType", "size", "sha256", "attempts", "conflicts",
    "refusals", "kind", "id", "reason",
)  # fmt: skip
_LOGS = "data/log/"


async def write_json(entries: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    """A line of JSON for each entry."""
    async for entry in entries:
        yield canonical.line(entry)


async def write_csv(entries: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    """The same as a table. Source: RFC 4180."""
    yield _row(COLUMNS)
    async for entry in entries:
        yield _row([_cell(entry.get(name)) for name in COLUMNS])


async def entries_of(
    export: Export, stored: AsyncIterator[Stored], agent_id: str | None = None
) -> AsyncIterator[dict[str, Any]]:
    """What was stored, without the logs themselves, then what was excluded; of one agent, or all."""
    async for each in stored:
        if not each.path.startswith(_LOGS):
            yield _stored(each)
    for each in export.exclusions:
        if agent_id is None or agent_id in each.agent_ids:
            yield _excluded(each)


def paths(export: Export) -> list[tuple[str, str | None]]:
    """Each log with its agent, None for the whole."""
    agents = [each.agent.id for each in export.counts.agents]
    whole = [(places.LOG_CSV, None), (places.LOG_JSON, None)]
    return [*whole, *((places.agent_log(agent, ending), agent) for agent in agents for ending in ("csv", "jsonl"))]


def _stored(each: Stored) -> dict[str, Any]:
    return {
        "outcome": "stored",
        "path": each.path,
        "number": each.number,
        "conversationId": each.conversation_id,
        "agentIds": each.agent_ids,
        "mediaType": each.media_type,
        "size": each.size,
        "sha256": each.sha256,
        "attempts": each.attempts,
        "conflicts": each.conflicts,
        "refusals": each.refusals,
    }


def _excluded(each: Exclusion) -> dict[str, Any]:
    return {
        "outcome": "excluded",
        "kind": each.kind,
        "id": each.id,
        "conversationId": each.conversation_id,
        "agentIds": each.agent_ids,
        "reason": each.reason,
    }


def _row(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(str(each) for each in value)  # pyright: ignore[reportUnknownVariableType]
    return str(value)
