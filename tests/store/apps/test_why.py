"""`shiftline why` on a real database: the API's own decision, in words, with an exit code that scripts can read."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from shiftline.apps.commands import run_command
from shiftline.apps.running import find_settings
from shiftline.apps.sample import prepare

NAME = "Avery Admin"


@dataclass
class Asked:
    """The command's exit code and what it printed."""

    code: int
    out: str
    err: str


@dataclass
class Place:
    """An installation with one person, and the way to ask about them."""

    url: str
    admin: dict[str, Any]
    capture: pytest.CaptureFixture[str]

    def ask(self, *arguments: str) -> Asked:
        code = run_command(["why", *arguments])
        said = self.capture.readouterr()
        return Asked(code, said.out, said.err)

    def deactivate(self) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute("update identity.person set state = 'inactive', since = now(), changed_by = 'boss'")


def as_url(database: str) -> str:
    """The URL of what libpq is told word by word."""
    words = conninfo_to_dict(database)
    return "postgresql://?" + urlencode(words)


@pytest.fixture
def place(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Place:
    variables = {
        "SHIFTLINE_DATABASE_URL": as_url(database_url),
        "SHIFTLINE_NATS_URL": "nats://127.0.0.1:1",
        "SHIFTLINE_OBJECTS_URL": "file:///tmp",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    prepared = asyncio.run(prepare(find_settings(Path("/"), variables), demo=False, secret="s" * 32))
    capsys.readouterr()
    return Place(database_url, prepared["admin"], capsys)


@pytest.mark.parametrize("name", ["userId", "email", None, "avery"])
def test_agent_is_named_by_id_address_or_name(place: Place, name: str | None) -> None:
    asked = place.ask(place.admin.get(name, name) if name else NAME)
    assert asked.code == 0
    assert asked.out.startswith(f"{NAME} may connect the softphone: nothing stands against it.\n")


def test_refusal_ends_with_3_and_tells_blocker_author_and_remedy(place: Place) -> None:
    place.deactivate()
    asked = place.ask(NAME, "--action", "sign-in")
    assert asked.code == 3
    first, *rest = asked.out.splitlines()
    assert first.startswith(f"{NAME} may not sign in: ")
    assert "What stands against it" in rest
    assert "person.inactive since" in asked.out
    assert "by boss)" in asked.out
    assert rest.index("What stands against it") < rest.index("What would help")


def test_what_would_help_is_told_with_its_outcome_and_the_line_that_does_it(place: Place) -> None:
    place.deactivate()
    told = place.ask(NAME).out.partition("What would help\n")[2].splitlines()
    person_id = place.admin["userId"]
    assert told[0].endswith("(an administrator with directory:user:edit, holds at once)")
    assert told[1:] == [
        f"    Then: {NAME} may connect the softphone.",
        (
            f'    curl -sS -X PUT "$SHIFTLINE_API"/api/v2/users/{person_id}/state -H "Authorization: Bearer $SHIFTLINE_TOKEN"'
            """ -H 'Content-Type: application/json' -d '{"state": "active"}'"""
        ),
    ]
    (remedy,) = json.loads(place.ask(NAME, "--json").out)["remedies"]
    assert remedy["operation"]["path"] == f"/api/v2/users/{person_id}/state"
    assert remedy["preview"]["allowed"] is True


def test_past_instant_is_answered_from_what_was_true_then(place: Place) -> None:
    before = datetime.now(UTC)
    place.deactivate()
    assert place.ask(NAME).code == 3
    assert place.ask(NAME, "--at", before.isoformat()).code == 0
    ahead = place.ask(NAME, "--at", (before + timedelta(days=1)).isoformat())
    assert ahead.code == 3


def test_what_changed_tells_when_the_nodes_had_it(place: Place) -> None:
    before = datetime.now(UTC)
    with psycopg.connect(place.url) as connection:
        connection.execute("update identity.person set state = 'inactive', since = now(), changed_by = 'boss'")
        connection.execute(
            "insert into foundation.audit (organization_id, at, actor_id, actor_kind, correlation_id, service, entity_type,"
            " entity_id, action, event, body) select organization_id, since, 'boss', 'person', 'c-1', 'Directory', 'User', id,"
            """ 'Update', 'identity.person.changed', '{"state": "inactive"}' from identity.person"""
        )
        connection.execute(
            "insert into signalling.propagation (node, minute, counts, largest, last_seen, reading_since)"
            " select node, date_trunc('minute', now()), '{}', 0, clock_timestamp() + interval '2 s', now() - interval '1 hour'"
            " from unnest(array['signalling-1', 'signalling-2', 'signalling-3']) as node"
        )
        connection.execute(
            "insert into signalling.arrival (event_id, node, lag, sessions) select id, node, lag, sessions"
            " from foundation.audit, (values ('signalling-1', 0.0124, 1), ('signalling-2', 0.015, 0)) as a (node, lag, sessions)"
            " where event = 'identity.person.changed'"
        )
    asked = place.ask(NAME, "--since", before.isoformat())
    assert asked.code == 3
    *_, change, told = asked.out.splitlines()
    assert change.endswith("(person.inactive): The user was changed: inactive.")
    assert told.strip() == "told signalling-1 in 12 ms (1 session), signalling-2 in 15 ms; not yet at signalling-3"
    (event,) = json.loads(place.ask(NAME, "--since", before.isoformat(), "--json").out)["changes"][-1]["events"]
    assert event["arrivals"][0] == {"node": "signalling-1", "lag_ms": 12.4, "sessions": 1}


def test_json_is_the_decision_that_was_kept(place: Place) -> None:
    decision = json.loads(place.ask(NAME, "--json").out)
    assert list(decision)[:2] == ["sentence", "allowed"]
    with psycopg.connect(place.url) as connection:
        kept = connection.execute("select decision, purpose from access.attempt").fetchall()
    assert kept == [(decision, "why")]


def test_unreachable_database_is_4_and_never_a_refusal(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIFTLINE_DATABASE_URL", "postgresql://shiftline@127.0.0.1:1/none")
    asked = place.ask(NAME)
    assert asked.code == 4
    assert "could not be known" in asked.out
    assert json.loads(place.ask(NAME, "--json").out)["allowed"] is None


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nobody@nowhere.example"], "There is nobody"),
        ([NAME, "--at", "2023-10-27T06:00:00"], "--at: '2023-10-27T06:00:00' has no offset"),
        ([NAME, "--action", "fly"], "--action"),
        ([NAME, "--queue", "q"], "--queue has a meaning only with --action receive or record."),
        ([NAME, "--action", "receive", "--queue", " "], "--queue"),
        ([NAME, "--action", "receive", "--queue", "q"], "--queue: there is no queue with id q."),
        ([NAME, "--action", "record", "--conversation", "c"], "--conversation: there is no conversation with id c."),
        ([], "AGENT"),
    ],
)
def test_wrong_usage_is_2_and_named(place: Place, arguments: list[str], reason: str) -> None:
    asked = place.ask(*arguments)
    assert asked.code == 2
    assert reason in asked.err
    assert asked.out == ""


def test_name_that_several_have_is_not_guessed(place: Place) -> None:
    with psycopg.connect(place.url) as connection:
        connection.execute(
            "insert into identity.person (organization_id, id, name, email, division_id, jabber_id, since, changed_by)"
            " select organization_id, 'other', name, 'other@x.example', division_id, 'other@x', since, changed_by"
            " from identity.person"
        )
    asked = place.ask(NAME)
    assert asked.code == 2
    assert "other@x.example" in asked.err
    assert place.ask("other").code == 3  # nobody signed in as that one


def test_receiving_lists_all_that_stands_against_it_with_what_would_help(place: Place) -> None:
    asked = place.ask(NAME, "--action", "receive")
    assert asked.code == 3
    assert asked.out.startswith(f"{NAME} may not receive calls: No softphone is connected.")
    for words in ("(no.session", "(presence.not_on_queue", "(not.on.queue", "(not.member", "(no.station"):
        assert words in asked.out
    assert "What would help" in asked.out
    assert "Recording metadata plays no part" in asked.out


def test_whether_a_call_came_and_was_recorded_is_told_in_words_and_as_json(place: Place) -> None:
    with psycopg.connect(place.url) as connection:
        connection.execute(
            "insert into conversations.conversation (organization_id, id, direction, started_at, division_ids,"
            " recording_state, version, changed_at, changed_by)"
            " select organization_id, 'call-1', 'inbound', now(), '{}', 'none', 1, now(), 'x' from identity.organization"
        )
    asked = place.ask(NAME, "--action", "receive", "--conversation", "call-1")
    assert (asked.code, asked.out.splitlines()[0]) == (3, f"{NAME} did not get this call: it waited in no queue.")
    decision = json.loads(place.ask(NAME, "--action", "record", "--conversation", "call-1", "--json").out)
    assert decision["allowed"] is False
    assert [gate["code"] for gate in decision["gates"]] == ["recording.not_begun"]


def test_recording_is_told_with_its_storage_where_the_file_of_keys_is_known(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = place.ask(NAME, "--action", "record")
    assert asked.code == 0
    assert asked.out.splitlines()[0] == (
        f"Calls of {NAME} are recorded: Calls of the organization are recorded, by default. "
        "The policy default.any.call decides; it is changed "
        "on the page (/recordings?part=policies) or by PUT /api/v2/shiftline/recordings/policies."
    )
    monkeypatch.setenv("SHIFTLINE_RECORDING_KEYS", str(tmp_path / "none.json"))
    asked = place.ask(NAME, "--action", "record")
    assert asked.code == 3
    assert "(storage.unavailable" in asked.out


def test_what_changed_since_an_instant_and_who_did_it(place: Place) -> None:
    before = datetime.now(UTC)
    place.deactivate()
    asked = place.ask(NAME, "--since", before.isoformat())
    assert asked.code == 3, "the later verdict decides"
    assert asked.out.startswith("Allowed at ")
    assert "What changed\n" in asked.out
    assert "now refused (person.inactive)" in asked.out
    whole = json.loads(place.ask(NAME, "--since", before.isoformat(), "--json").out)
    assert (whole["before"]["allowed"], whole["after"]["allowed"]) == (True, False)
    later = place.ask(NAME, "--since", (before + timedelta(days=1)).isoformat())
    assert later.code == 2
    assert "--at: must be later than from." in later.err
