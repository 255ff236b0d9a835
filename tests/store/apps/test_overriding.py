"""`shiftline override` on a real database: an agent is let in, for a time, with a reason that is kept."""

import json

import psycopg
import pytest
from tests.store.apps.test_why import NAME, Asked, Place, place

from shiftline.apps.commands import run_command

__all__ = ["place"]


def override(place: Place, *arguments: str) -> Asked:
    code = run_command(["override", *arguments])
    said = place.capture.readouterr()
    return Asked(code, said.out, said.err)


def switch_on(place: Place) -> None:
    with psycopg.connect(place.url) as connection:
        connection.execute(
            "update identity.tenant_settings set softphone_within_shift = true, since = now(), changed_by = 'boss'"
        )


def test_an_agent_is_let_in_and_why_tells_it(place: Place) -> None:
    switch_on(place)
    refused = place.ask(NAME)
    assert refused.code == 3
    assert f"shiftline override {place.admin['userId']} --for 60m --reason" in refused.out
    asked = override(place, NAME, "--for", "1h30m", "--reason", "Storm")
    assert asked.code == 0
    assert asked.out.startswith(f"{NAME} may connect the softphone outside their shifts until ")
    assert "The shift rule is off" not in asked.out
    assert place.ask(NAME).code == 0
    told = json.loads(place.ask(NAME, "--json").out)
    [gate] = [each for each in told["gates"] if each["code"] == "shift.overridden"]
    assert (gate["facts"]["reason"], gate["source"]["by"]) == ("Storm", "System")
    with psycopg.connect(place.url) as connection:
        row = connection.execute(
            "select ends_at - starts_at = interval '90 minutes', reason from access.shift_override"
        ).fetchone()
        audited = connection.execute(
            "select count(*) from foundation.audit where event = 'access.shift_override.changed'"
        ).fetchone()
    assert (row, audited) == ((True, "Storm"), (1,))


def test_it_says_that_the_rule_is_off_and_lasts_as_the_settings_say(place: Place) -> None:
    asked = override(place, NAME, "--reason", "Storm")
    assert "The shift rule is off: until it is switched on, nobody needs this." in asked.out
    repeated = json.loads(override(place, NAME, "--reason", "Storm", "--json").out)
    assert repeated["id"] in asked.out
    assert (repeated["ruleOn"], repeated["userId"]) == (False, place.admin["userId"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("Nobody", "--reason", "x"), "There is nobody with the id, e-mail address or name 'Nobody'."),
        ((NAME, "--reason", "x", "--for", "9h"), "--for: an override lasts 480 minutes at most"),
        ((NAME, "--reason", "x", "--for", "soon"), "--for: 'soon' is no span of time such as 90m, 2h or 1h30m."),
        ((NAME, "--reason", "x", "--for", "0m"), "--for: '0m' is no span of time"),
        ((NAME, "--reason", " "), "--reason"),
        ((NAME,), "--reason"),
    ],
)
def test_what_is_refused_names_its_option(place: Place, arguments: tuple[str, ...], sentence: str) -> None:
    asked = override(place, *arguments)
    assert asked.code == 2
    assert sentence in " ".join(asked.err.split())
