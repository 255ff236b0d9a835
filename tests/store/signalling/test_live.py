"""Live sessions over the truth: what ends them, within a second and without NATS; what does not; what they are told."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from tests.socket_client import connect
from tests.store.foundation.test_vigil import hung
from tests.store.signalling.conftest import Node

from shiftline.authorization.events import GrantChanged
from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import change_role, grant_role_in, list_grants
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.identity.model import Person
from shiftline.identity.operations.organizations import change_organization, change_tenant_settings
from shiftline.identity.operations.people import change_state
from shiftline.identity.operations.tokens import revoke_own_token, revoke_tokens_of
from shiftline.signalling.delivery import LONGEST_WAIT
from shiftline.signalling.review import AT_ONCE

Change = Callable[[Context, Person], Awaitable[object]]


@pytest.fixture
def database_url(fresh_database_url: str) -> str:
    """A database of the test's own: its servers are stopped and killed."""
    return fresh_database_url


async def lose_grant(context: Context, person: Person) -> None:
    (grant,) = await list_grants(context, subject_id=person.id)
    async with context.transaction() as tx:
        await grant_role_in(tx, person.id, grant.role.id, grant.division_id, active=False)


async def lose_permission(context: Context, person: Person) -> None:
    (grant,) = await list_grants(context, subject_id=person.id)
    await change_role(context, grant.role.id, RoleDraft(grant.role.name, None, ("wfm:agent:view",)))


async def deactivate(context: Context, person: Person) -> None:
    await change_state(context, person.id, "inactive", version=None)


async def delete(context: Context, person: Person) -> None:
    await change_state(context, person.id, "deleted", version=None)


async def switch_organization_off(context: Context, person: Person) -> None:
    del person
    async with context.transaction() as tx:
        row = await tx.one("select version from identity.organization where organization_id = 'org-1'", {})
    assert row is not None
    await change_organization(context, row["version"], lambda organization: replace(organization, active=False))


async def switch_webrtc_off(context: Context, person: Person) -> None:
    del person
    await change_tenant_settings(context, webrtc_enabled=False)


async def switch_shift_rule_on(context: Context, person: Person) -> None:
    del person
    await change_tenant_settings(context, softphone_within_shift=True)


async def revoke_tokens(context: Context, person: Person) -> None:
    await revoke_tokens_of(context, person.id)


ENDS: dict[str, tuple[Change, str]] = {
    "the grant": (lose_grant, "webRTC:enable is missing"),
    "the role's permission": (lose_permission, "webRTC:enable is missing"),
    "the person": (deactivate, "state: inactive"),
    "the person for good": (delete, "state: deleted"),
    "the organization": (switch_organization_off, "organization"),
    "the tenant's WebRTC": (switch_webrtc_off, "WebRTC is disabled for the whole tenant"),
    "the shift rule": (switch_shift_rule_on, "softphone only within"),
    "the tokens": (revoke_tokens, "revoked"),
}


@pytest.mark.parametrize("what", list(ENDS))
async def test_whoever_loses_the_right_is_told_and_closed_within_a_second_without_nats(node: Node, what: str) -> None:
    take, sentence = ENDS[what]
    ana, token = await node.agent()
    socket = await node.live(ana, token)
    told, seconds = await node.closes(socket, lambda: take(node.tenant.context, ana))
    assert seconds < 1.0, f"told after {seconds:.2f} s"
    (notice,) = [frame for frame in told if "no_longer_subscribed" in frame]
    assert sentence in notice
    assert "decisionId" in notice
    assert told[-1].startswith("<close")


@pytest.mark.parametrize("transport", ["xmpp", "json"])
async def test_signing_out_closes_the_tokens_sessions_and_no_others(node: Node, transport: str) -> None:
    ana, token = await node.agent()
    other = await node.live(*await node.agent("Bo"))
    if transport == "xmpp":
        socket = await node.live(ana, token)
    else:
        socket = await connect(node.port, await node.channel(token), xmpp=False)
        await node.until(lambda: len(node.switchboard.registry) == 2)
    own = await node.context_of(token)
    told, seconds = await node.closes(socket, lambda: revoke_own_token(own))
    assert seconds < 1.0, f"told after {seconds:.2f} s"
    assert any("signed out" in frame for frame in told)
    assert other.frames.empty()
    assert len(node.switchboard.registry) == 1


async def test_a_whole_tenant_is_closed_together(node: Node) -> None:
    agents = [await node.agent(f"Agent {number}") for number in range(AT_ONCE * 6)]
    sockets = [await node.live(person, token) for person, token in agents]
    await change_tenant_settings(node.tenant.context, webrtc_enabled=False)
    async with asyncio.timeout(3):
        told = await asyncio.gather(*(socket.ended() for socket in sockets))
    assert all(any("no_longer_subscribed" in frame for frame in frames) for frames in told)


async def test_what_takes_nothing_away_closes_nothing(node: Node) -> None:
    ana, token = await node.agent()
    socket = await node.live(ana, token)
    await change_tenant_settings(node.tenant.context, shift_margin_minutes=30)
    async with node.tenant.context.transaction() as tx:
        await tx.flush()
    await asyncio.sleep(LONGEST_WAIT * 2)
    assert socket.frames.empty()
    assert len(node.switchboard.registry) == 1


async def test_granting_again_needs_no_new_token(node: Node) -> None:
    ana, token = await node.agent()
    channel_id = await node.channel(token)
    socket = await node.live(ana, token, channel_id)
    (grant,) = await list_grants(node.tenant.context, subject_id=ana.id)
    await lose_grant(node.tenant.context, ana)
    await socket.ended()
    refused = await connect(node.port, channel_id)
    answer = await refused.sign_in(ana.jabber_id, token)
    assert answer.local_name == "failure"
    decision_id = answer.children[1].text.rpartition("decision ")[2].rstrip(")")
    async with node.tenant.context.reader() as reader:
        rows = await reader.all(
            "select purpose, evidence from access.attempt where decision_id = %(id)s", {"id": decision_id}
        )
    assert [row["purpose"] for row in rows] == ["session"]
    assert channel_id not in json.dumps(rows[0]["evidence"])
    async with node.tenant.context.transaction() as tx:
        await grant_role_in(tx, ana.id, grant.role.id, grant.division_id)
    await node.live(ana, token, channel_id)


async def test_a_session_ends_with_its_token(node: Node, database: Database) -> None:
    ana, token = await node.agent()
    channel_id = await node.channel(token)
    async with database.reader() as reader:
        await reader.connection.execute(
            "update identity.token set expires_at = clock_timestamp() + interval '1.5 seconds'"
        )
    socket = await node.live(ana, token, channel_id)
    told = await socket.ended()
    assert any("expired" in frame for frame in told)


async def test_ends_of_the_departed_are_forgotten(node: Node) -> None:
    ana, token = await node.agent()
    socket = await node.live(ana, token)
    assert node.switchboard.reviews.ends == 1
    socket.transport.disconnect()
    await node.until(lambda: node.switchboard.reviews.ends == 0)


async def test_a_channel_that_is_unknown_is_refused_inside(node: Node) -> None:
    ana, token = await node.agent()
    socket = await connect(node.port, "never-heard-of")
    answer = await socket.sign_in(ana.jabber_id, token)
    assert [child.local_name for child in answer.children] == ["not-authorized", "text"]
    feed = await connect(node.port, "never-heard-of", xmpp=False)
    assert any("no such channel" in frame for frame in await feed.ended())


async def test_news_in_the_order_of_the_outbox_and_unknown_events_passed_over(node: Node, database: Database) -> None:
    ana, token = await node.agent()
    channel_id = await node.channel(token)
    topic = f"v2.users.{ana.id}.presence"
    await node.put(token, channel_id, topic)
    socket = await node.live(ana, token, channel_id)
    body = {
        "organization_id": "org-1", "person_id": ana.id, "source_id": "PURECLOUD", "definition_id": "d",
        "system_presence": "Available", "primary": True, "message": "", "modified_at": "2026-05-01T12:00:00Z",
        "activity": {"status": "OFF_QUEUE", "started_at": "2026-05-01T12:00:00Z", "definition_id": "d",
                     "system_presence": "Available", "message": "", "modified_at": "2026-05-01T12:00:00Z"},
    }  # fmt: skip
    rows = [
        ("thing.of.the.future", 1, {"organization_id": "org-1"}),
        ("presence.presence.changed", 1, {**body, "definition_id": "first"}),
        ("presence.presence.changed", 99, body),
        ("presence.presence.changed", 1, {"organization_id": "org-1"}),
        ("presence.presence.changed", 1, {**body, "definition_id": "second"}),
    ]
    async with database.reader() as reader, reader.connection.transaction():
        for name, version, content in rows:
            await reader.connection.execute(
                "insert into foundation.outbox (organization_id, name, version, at, actor_id, correlation_id, body) "
                "values ('org-1', %s, %s, now(), 'test', 'c', %s)",
                (name, version, json.dumps(content)),
            )
    frames = [await socket.read(), await socket.read()]
    assert [next(word for word in ("first", "second") if word in frame) for frame in frames] == ["first", "second"]
    assert "&quot;" not in frames[0]


async def test_another_tenants_news_reaches_nobody_here(node: Node) -> None:
    ana, token = await node.agent()
    socket = await node.live(ana, token)
    other = node.tenant.context.acting_as(Actor("org-2", "system"))
    async with other.transaction() as tx:
        tx.record(GrantChanged(organization_id="org-2", person_id=ana.id, role_id="r", division_id="*", active=False))
    await asyncio.sleep(LONGEST_WAIT * 2)
    assert socket.frames.empty()


async def test_while_the_database_hangs_sessions_stay_and_the_news_arrives_after(
    node: Node, database: Database, database_url: str
) -> None:
    ana, token = await node.agent()
    bo, of_bo = await node.agent("Bo")
    channel_id = await node.channel(token)
    kept, ended = await node.live(ana, token, channel_id), await node.live(bo, of_bo)
    with hung(database_url):
        refused = await connect(node.port, channel_id)
        began = asyncio.get_running_loop().time()
        waiting = asyncio.create_task(refused.sign_in(ana.jabber_id, token))
        answer = await node.api.call("POST", "/api/v2/notifications/channels", token)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert answer.json()["code"] == "service.unavailable"
        told = await waiting
        assert asyncio.get_running_loop().time() - began < 8
        assert told.children[0].local_name == "temporary-auth-failure"
        await asyncio.sleep(1)
        assert len(node.switchboard.registry) == 2
        assert kept.frames.empty()
    deadline = asyncio.get_running_loop().time() + 8
    while (await node.api.call("POST", "/api/v2/notifications/channels", token)).status_code != 200:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.2)
    await lose_grant(node.tenant.context, bo)
    assert any("no_longer_subscribed" in frame for frame in await ended.ended())
    assert kept.frames.empty()


async def test_while_the_database_refuses_sessions_stay_and_a_revocation_holds_after(
    node: Node, database_url: str, server: object
) -> None:
    ana, token = await node.agent()
    socket = await node.live(ana, token)
    await lose_grant(node.tenant.context, ana)
    name = database_url.partition("dbname=")[2].split()[0].strip("'")
    command = server.command  # type: ignore[attr-defined]
    command(f"alter database {name} with allow_connections false")
    command(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
    await asyncio.sleep(2)
    command(f"alter database {name} with allow_connections true")
    assert any("no_longer_subscribed" in frame for frame in await socket.ended())


async def test_the_shift_rule_lets_go_at_once_when_it_is_switched_off(node: Node) -> None:
    await change_tenant_settings(node.tenant.context, softphone_within_shift=True)
    _, token = await node.agent()
    answer = await node.api.call("POST", "/api/v2/notifications/channels", token)
    assert answer.status_code == 403  # no shift is published: nobody knows when that ends
    await change_tenant_settings(node.tenant.context, softphone_within_shift=False)
    assert (await node.api.call("POST", "/api/v2/notifications/channels", token)).status_code == 200
