"""What PostgreSQL says at the end: what is left over, who had whom, in which order, and what was recorded."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, cast

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]

LEFT_OVER = {
    # What a station keeps between calls stays.
    "live legs": "select count(*) as left from calls.leg where state <> 'ended' and conversation_id is not null",
    "alerting offers": "select count(*) as left from routing.offer where state = 'alerting'",
    "interactions": "select count(*) as left from routing.interaction where state <> 'ended'",
    "conversations": "select count(*) as left from conversations.conversation where ended_at is null",
    "live participants": "select count(*) as left from conversations.participant where ended_at is null",
    "consultations": "select count(*) as left from calls.consultation where ended_at is null",
    # Without a key nothing was ever written: such a one is known to be lost a minute later.
    "unsealed recordings": """
        select count(*) as left from recordings.recording
        where state in ('open', 'stopping') and (state = 'open' or wrapped_key is not null)""",
}
PARTICIPANTS = """
select conversation_id, id, purpose, person_id, connected_at, ended_at, disconnect_type, error
from conversations.participant order by conversation_id, position
"""
INTERACTIONS = "select id, conversation_id, enqueued_at, ended_at, end_reason from routing.interaction"
OFFERS = """
select id, interaction_id, conversation_id, person_id, state, offered_at, settled_at, reason
from routing.offer order by offered_at, id
"""
ACCEPTANCES = """
select body ->> 'interaction_id' as interaction_id, body ->> 'state' as state, body ->> 'reason' as reason, real_at
from foundation.audit where event = 'routing.offer.changed' and body ->> 'state' in ('accepted', 'failed') order by id
"""
RECORDINGS = """
select id, conversation_id, participant_id, person_id, state, ended_by, started_at, duration_ms, wrapped_key is not null as has_key
from recordings.recording order by started_at
"""
STATUSES = "select person_id, status from presence.routing_status"
ABSENT = """
select body ->> 'person_id' as person_id, count(*)::int as times from foundation.audit
where event = 'presence.routing_status.changed' and body ->> 'status' = 'NOT_RESPONDING' group by 1
"""
SLOT = """
select n.slot from calls.leg l join calls.media_node n on n.id = l.node_id
where l.conversation_id = %(conversation)s and l.state = 'connected' limit 1
"""
DEADLOCKS = "select deadlocks::int from pg_stat_database where datname = current_database()"


@dataclass
class Truth:
    """The rows, read in one snapshot."""

    left_over: dict[str, int]
    participants: list[Row]
    interactions: list[Row]
    offers: list[Row]
    acceptances: list[Row]
    recordings: list[Row]
    statuses: dict[str, str]
    absent: dict[str, int]
    deadlocks: int

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is under way any more."""
        return not any(self.left_over.values())

    def doubled(self) -> list[str]:
        """Who was with two at once: a conversation with two agents, an agent in two conversations, two who had taken one."""
        agents = [each for each in self.participants if each["purpose"] == "agent" and each["connected_at"]]
        found: list[str] = []
        for key, other in (("conversation_id", "person_id"), ("person_id", "conversation_id")):
            for group in _grouped(agents, key).values():
                spans = sorted((each["connected_at"], each["ended_at"], each[other]) for each in group)
                found += [
                    f"{key} {group[0][key]}: {first[2]} until {first[1]}, {second[2]} from {second[0]}"
                    for first, second in pairwise(spans)
                    if first[1] is None or second[0] < first[1]
                ]
        for interaction, group in _grouped(self.acceptances, "interaction_id").items():
            taken = False
            for each in group:
                if each["state"] == "accepted" and taken:
                    found.append(f"interaction {interaction} was accepted twice")
                taken = each["state"] == "accepted"
        return found

    def overtaken(self, patience: float = 1.0) -> list[str]:
        """Offers made although somebody who came earlier had waited on for so many seconds then."""
        offers = _grouped(self.offers, "interaction_id")
        by_id = {each["id"]: each for each in self.interactions}
        found: list[str] = []
        for offer in self.offers:
            mine, at = by_id[offer["interaction_id"]], offer["offered_at"]
            for other in self.interactions:
                earlier = other["enqueued_at"] < mine["enqueued_at"]
                if earlier and _waits(other, offers.get(other["id"], []), at, patience):
                    found.append(f"{offer['conversation_id']} before {other['conversation_id']} at {at}")
        return found

    def left_badly(self) -> list[str]:
        """Callers who were in line or in a call, and whose part ended by neither side's hanging up."""
        return [
            f"{each['conversation_id']}: {each['disconnect_type']} {each['error'] or ''}"
            for each in self.participants
            if each["purpose"] == "customer"
            and each["connected_at"]
            and each["disconnect_type"] not in {"peer", "endpoint", "client", None}
        ]

    def recorded(self) -> dict[tuple[str, str | None], float]:
        """Seconds that are kept, by conversation and person (None: the caller)."""
        found: dict[tuple[str, str | None], float] = {}
        for each in self.recordings:
            key = (each["conversation_id"], each["person_id"])
            found[key] = found.get(key, 0.0) + (each["duration_ms"] or 0) / 1000
        return found


def _waits(interaction: Row, offers: list[Row], at: datetime, patience: float) -> bool:
    """Whether an interaction waited at an instant, and for a while before it."""
    if interaction["ended_at"] is not None and interaction["ended_at"] <= at:
        return False
    since = interaction["enqueued_at"]
    for offer in offers:
        over = None if offer["state"] == "accepted" else offer["settled_at"]
        if offer["offered_at"] <= at and (over is None or over > at):
            return False
        if over is not None and over <= at:
            since = max(since, over)
    return (at - since).total_seconds() > patience


def _grouped(rows: list[Row], key: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found


def read_truth(url: str) -> Truth:
    """Everything, as it stands."""
    with psycopg.Connection[dict[str, Any]].connect(url, row_factory=cast("Any", dict_row)) as connection:
        connection.execute("set transaction isolation level repeatable read")

        def rows(statement: Any) -> list[Row]:
            return connection.execute(statement).fetchall()

        return Truth(
            left_over={name: rows(statement)[0]["left"] for name, statement in LEFT_OVER.items()},
            participants=rows(PARTICIPANTS),
            interactions=rows(INTERACTIONS),
            offers=rows(OFFERS),
            acceptances=rows(ACCEPTANCES),
            recordings=rows(RECORDINGS),
            statuses={row["person_id"]: row["status"] for row in rows(STATUSES)},
            absent={row["person_id"]: row["times"] for row in rows(ABSENT)},
            deadlocks=rows(DEADLOCKS)[0]["deadlocks"],
        )


def find_slot(url: str, conversation: str) -> str:
    """The media process in which a conversation's legs are; empty while there is none."""
    with psycopg.connect(url) as connection:
        row = connection.execute(SLOT, {"conversation": conversation}).fetchone()
        return "" if row is None else str(row[0])
