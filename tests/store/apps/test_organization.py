"""`shiftline create-organization` on a real database: who is made may do everything there, and sees nothing of others."""

import asyncio
import json
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from tests.store.apps.test_why import as_url
from tests.store.conftest import serve

from shiftline.apps.commands import run_command
from shiftline.foundation.clock import Clock
from shiftline.foundation.database import Database
from shiftline.identity.endpoints import ROUTES
from shiftline.identity.operations.passwords import is_right_password

ARGUMENTS = ["create-organization", "Acme Support", "--email", "boss@acme.example"]


@pytest.fixture
def url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SHIFTLINE_DATABASE_URL", as_url(database_url))
    monkeypatch.setenv("SHIFTLINE_NATS_URL", "nats://127.0.0.1:1")
    monkeypatch.setenv("SHIFTLINE_OBJECTS_URL", "file:///tmp")
    return database_url


def make(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, str]:
    assert run_command([*ARGUMENTS, *more]) == 0
    return json.loads(capsys.readouterr().out)


async def users_seen(database_url: str, made: dict[str, str]) -> list[Any]:
    """The users that the organization's own client lists."""
    database = Database(database_url, size=2)
    await database.open()
    try:
        async with serve(database, Clock(), ROUTES) as api:
            form = {"grant_type": "client_credentials"}
            client = (made["clientId"], made["clientSecret"])
            token = (await api.client.post("/oauth/token", data=form, auth=client)).json()["access_token"]
            return (await api.call("GET", "/api/v2/users", token)).json()["entities"]
    finally:
        await database.close()


def test_its_client_sees_its_administrator_alone(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = make(capsys)
    assert made["domain"] == "acme-support"
    other = make(capsys, "--domain", "acme-2")
    for each in (made, other):
        users = asyncio.run(users_seen(url, each))
        assert [(user["id"], user["email"]) for user in users] == [(each["userId"], "boss@acme.example")]


def test_its_password_is_the_administrators(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = make(capsys)
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "select hash from identity.password where person_id = %s", (made["userId"],)
        ).fetchone()
    assert row is not None
    assert asyncio.run(is_right_password(made["password"], row[0]))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (ARGUMENTS, "The organization Acme Support has the domain acme-support. Choose another with --domain."),
        ([*ARGUMENTS[:2], "--email", "boss"], "--email: 'boss' is no e-mail address."),
        ([*ARGUMENTS, "--domain", "Acme!"], "--domain: 'Acme!' must be letters a to z"),
        (["create-organization", "???", *ARGUMENTS[2:]], "--domain: '' must be letters a to z"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    url: str, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    make(capsys)
    assert run_command(arguments) == 2
    refused = capsys.readouterr()
    assert refused.out == ""
    assert said in refused.err
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from identity.organization").fetchone() == (1,)


def test_a_database_without_shiftline_is_told_how_to_get_it(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHIFTLINE_DATABASE_URL", as_url(make_conninfo(url, dbname="postgres")))
    assert run_command(ARGUMENTS) == 2
    assert "There is no Shiftline in this database yet: run shiftline migrate." in capsys.readouterr().err
    assert run_command(["why", "Ana Ruiz"]) == 2
    assert "The database is older than this Shiftline: run shiftline migrate." in capsys.readouterr().err
    assert run_command(["check"]) == 1
    assert "The database answers, with no Shiftline in it yet: run shiftline migrate." in capsys.readouterr().out


def test_a_database_that_is_not_there_is_refused_in_words(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHIFTLINE_DATABASE_URL", as_url(make_conninfo(url, dbname="nowhere")))
    assert run_command(["migrate"]) == 1
    assert "The database cannot be brought up to this version: " in capsys.readouterr().err
