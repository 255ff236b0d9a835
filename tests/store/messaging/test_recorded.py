"""What is written is recorded like a call: opened, sealed as one encrypted document, heard of in the ledger, revised, read by the API."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from tests.store.calls.exchange import Ahead
from tests.store.conftest import Tenant
from tests.store.messaging.desk import Desk, Visitor
from tests.store.recordings.conftest import START

from shiftline.conversations.model.conversations import CallState
from shiftline.foundation.context import Actor
from shiftline.foundation.database import Database
from shiftline.foundation.objects import Objects
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.operations.tokens import authenticate
from shiftline.messaging.jobs import purge_destroyed
from shiftline.messaging.operations import recording as written
from shiftline.messaging.operations.addresses import put_address
from shiftline.messaging.operations.mail import find_address, receive_mail
from shiftline.messaging.operations.purging import ask_late, purge_transcript
from shiftline.messaging.operations.transcripts import transcript_of
from shiftline.recordings.control.model import Channel, Scope
from shiftline.recordings.deletion.events import RecordingDestroyed
from shiftline.recordings.deletion.operations import destroying, marking
from shiftline.recordings.endpoints import ROUTES
from shiftline.recordings.keys import Keys, create_key_file
from shiftline.recordings.model import Recording, RecordingFilter
from shiftline.recordings.operations.reading import list_of_conversation
from shiftline.recordings.operations.refreshing import refresh_metadata
from shiftline.recordings.operations.scoping import set_scoped_policy
from shiftline.recordings.operations.vault import Vault
from shiftline.routing.model.queues import Medium


@dataclass
class Archive:
    """A desk, where its recordings are kept, and the API that shows them."""

    desk: Desk
    vault: Vault
    client: httpx.AsyncClient
    token: str

    async def get(self, path: str, status: int = 200) -> Any:
        answer = await self.client.get(path, headers={"Authorization": f"Bearer {self.token}"})
        assert answer.status_code == status, answer.text
        return answer if "/media" in path else answer.json()

    async def recording(self, conversation_id: str) -> Recording:
        (found,) = await list_of_conversation(self.desk.floor.context, conversation_id)
        return found

    async def jobs(self) -> list[dict[str, Any]]:
        rows = await self.desk.rows(
            "select args from procrastinate_jobs where task_name = 'messaging.seal' order by id"
        )
        return [row["args"] for row in rows]

    async def seal(self) -> None:
        """What the worker does with each job, each twice: a job may be repeated."""
        context = self.desk.floor.context.acting_as(Actor(self.desk.organization_id, "system"))
        for args in (await self.jobs()) * 2:
            await written.seal_written(context, self.vault, args["recording_id"], args["conversation_id"])

    async def talk(self, *texts: str) -> tuple[Visitor, str, str]:
        """A guest and an agent take turns; the agent ends it."""
        deployment = await self.desk.deployment()
        ana = await self.desk.agent("Ana", deployment.queue_id)
        visitor = await self.desk.guest(deployment, name="Zoë")
        first = await visitor.write(texts[0])
        await self.desk.route()
        await self.desk.accept(first.conversation_id, ana)
        for text in texts[1:]:
            await self.desk.answer(first.conversation_id, ana, text)
        await self.desk.wish(first.conversation_id, ana, state=CallState.DISCONNECTED)
        return visitor, first.conversation_id, ana


@pytest.fixture
async def archive(desk: Desk, tenant: Tenant, database: Database, tmp_path: Path) -> AsyncIterator[Archive]:
    create_key_file(tmp_path / "keys.json", START)
    vault = Vault(Objects((tmp_path / "objects").as_uri()), Keys(tmp_path / "keys.json"))
    clock = desk.floor.context.clock

    async def who(token: str) -> Actor:
        return await authenticate(database, clock, token)

    options = WebOptions("localhost:8443", extra_state={"vault": vault})
    app: Any = build(ROUTES, database=database, clock=clock, authenticate=who, options=options)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="https://api.localhost:8443"
    ) as client:
        yield Archive(desk, vault, client, tenant.tokens["admin-1"])


async def test_a_conversation_by_message_is_sealed_with_its_end(archive: Archive, tmp_path: Path) -> None:
    _, conversation_id, ana = await archive.talk("Secret words?", "Good morning.", "Bye.")
    before = await archive.recording(conversation_id)
    assert before.person_id == ana, "theirs since they answered"
    assert (before.state, before.medium, before.codec, before.container) == (
        "stopping",
        "message",
        "transcript",
        "json",
    )
    await archive.seal()
    sealed = await archive.recording(conversation_id)
    assert (sealed.state, sealed.revision, sealed.packets, sealed.lost) == ("sealed", 1, 3, 0)
    assert (sealed.person_id, sealed.zone) == (ana, before_zone(sealed))
    assert [each.purpose for each in sealed.participants] == ["customer", "acd", "agent"]
    path = f"/api/v2/conversations/{conversation_id}/recordings"
    (shown,) = await archive.get(path)
    assert (shown["media"], shown["fileState"]) == ("message", "AVAILABLE")
    assert [(each["messageText"], each["purpose"]) for each in shown["messagingTranscript"]] == [
        ("Secret words?", "customer"),
        ("Good morning.", "agent"),
        ("Bye.", "agent"),
    ]
    assert shown["messagingTranscript"][1]["fromUser"]["id"] == ana
    assert (await archive.get(f"{path}/{sealed.id}"))["messagingTranscript"] == shown["messagingTranscript"]
    answer = await archive.get(f"/api/v2/shiftline/recordings/{sealed.id}/media")
    assert answer.headers["content-type"] == "application/json"
    assert sealed.sha256 is not None
    assert hashlib.sha256(answer.content).digest() == sealed.sha256
    async with archive.desk.floor.context.reader() as reader:
        transcript = await transcript_of(reader, archive.desk.organization_id, conversation_id)
    assert transcript is not None
    assert json.loads(answer.content)["head"] == transcript.head.hex()
    stored = [each.read_bytes() for each in (tmp_path / "objects").rglob("*") if each.is_file()]
    assert len(stored) == 1, "sealed twice, kept once"
    assert b"Secret" not in stored[0]
    accesses = await archive.get(f"/api/v2/shiftline/recordings/{sealed.id}/accesses")
    assert [each["what"] for each in accesses["entities"]] == ["media"] * 3, "the list, the one, the document"


def before_zone(recording: Recording) -> str:
    """Where the one works who answered; the offset is that zone's at the start."""
    assert recording.offsets is not None
    assert recording.offsets[0].utc_offset_seconds == recording.utc_offset_seconds
    return recording.zone


async def test_an_e_mail_and_its_reply_are_one_recording(archive: Archive) -> None:
    queue = await archive.desk.floor.queue("Mail")
    await put_address(archive.desk.floor.context, "help@northwind.example", "Help", queue)
    found = await find_address(archive.desk.installation, "help@northwind.example")
    assert found is not None
    letter = b"From: Zoe <zoe@example.org>\r\nTo: help@northwind.example\r\nSubject: Late\r\nMessage-ID: <a@b>\r\n\r\nWhere?\r\n"
    (message,) = await receive_mail(archive.desk.installation, archive.vault.objects, [found], letter)
    ana = await archive.desk.agent("Ana", queue)
    await archive.desk.route()
    await archive.desk.accept(message.conversation_id, ana, Medium.EMAIL)
    await archive.desk.wish(message.conversation_id, ana, Medium.EMAIL, state=CallState.DISCONNECTED)
    await archive.seal()
    (shown,) = await archive.get(f"/api/v2/conversations/{message.conversation_id}/recordings")
    (mail,) = shown["emailTranscript"]
    assert (shown["media"], mail["subject"], mail["textBody"].strip()) == ("email", "Late", "Where?")
    assert (mail["from"]["email"], [each["email"] for each in mail["to"]]) == (
        "zoe@example.org",
        ["help@northwind.example"],
    )


async def test_nothing_is_lost_while_keys_are_away(archive: Archive, tmp_path: Path) -> None:
    _, conversation_id, _ = await archive.talk("Anybody?", "Yes.")
    keys = tmp_path / "keys.json"
    keys.rename(tmp_path / "away.json")
    away = Vault(archive.vault.objects, Keys(keys))
    (args,) = await archive.jobs()
    system = archive.desk.floor.context.acting_as(Actor(archive.desk.organization_id, "system"))
    with pytest.raises(Exception, match="key"):
        await written.seal_written(system, away, args["recording_id"], args["conversation_id"])
    async with archive.desk.floor.context.transaction() as tx:
        await tx.execute(
            cast("Any", "update recordings.recording set opened_real = opened_real - interval '1 hour'"), {}
        )
    assert await written.seal_late(archive.desk.installation) == 1
    (tmp_path / "away.json").rename(keys)
    assert len(await archive.jobs()) == 2
    await archive.seal()
    assert (await archive.recording(conversation_id)).state == "sealed"
    assert await written.seal_late(archive.desk.installation) == 0


async def test_two_workers_seal_one_document_once(archive: Archive, tmp_path: Path) -> None:
    _, conversation_id, _ = await archive.talk("Twice?", "Once.")
    await asyncio.gather(*(archive.seal() for _ in range(4)))
    assert (await archive.recording(conversation_id)).revision == 1
    assert len([each for each in (tmp_path / "objects").rglob("*") if each.is_file()]) == 1


async def test_its_metadata_are_refreshed_and_it_has_no_waveform(archive: Archive) -> None:
    _, conversation_id, _ = await archive.talk("Hello?", "Hello.")
    await archive.seal()
    wanted = RecordingFilter(conversation_ids=[conversation_id])
    result = await refresh_metadata(archive.desk.floor.context, archive.vault, wanted, "Told to.")
    assert [(each.outcome, each.problem) for each in result.refreshed] == [("unchanged", None)]
    recording = await archive.recording(conversation_id)
    refused = await archive.get(f"/api/v2/shiftline/recordings/{recording.id}/peaks", 409)
    assert refused["code"] == "recording.no.sound"


async def test_where_a_policy_wants_nothing_nothing_is_recorded(archive: Archive) -> None:
    await set_scoped_policy(archive.desk.floor.context, Scope(Channel.MESSAGE), {"record": False})
    _, conversation_id, _ = await archive.talk("Off the record?", "Yes.")
    assert await list_of_conversation(archive.desk.floor.context, conversation_id) == []
    assert await archive.jobs() == []


async def test_when_its_recording_is_destroyed_what_was_written_goes(archive: Archive) -> None:
    _, conversation_id, _ = await archive.talk("My card is 4711.", "Noted.")
    await archive.seal()
    context = archive.desk.floor.context
    recording = await archive.recording(conversation_id)
    (deletion,) = await marking.mark_recordings(context, [recording.id], "Asked for by the guest")
    second = await archive.desk.floor.tenant.person("Second", person_id="second")
    may = archive.desk.floor.tenant.acting_as(second, "recording:deletion:approve", "recording:deletion:view")
    await marking.approve_deletions(may, [deletion.id])
    later = archive.desk.installation.with_clock(Ahead(timedelta(days=31)))
    assert await destroying.destroy_due(later) == 1
    (destroyed,) = await archive.desk.floor.tenant.news(RecordingDestroyed)
    await purge_destroyed(context, destroyed)
    rows = await archive.desk.rows("select args from procrastinate_jobs where task_name = 'messaging.purge'")
    assert [row["args"]["conversation_id"] for row in rows] == [conversation_id]
    assert await ask_late(archive.desk.installation) == 1, "until it is done it is asked for again"
    await purge_transcript(context, archive.vault.objects, conversation_id)
    assert await ask_late(archive.desk.installation) == 0
    async with context.reader() as reader:
        transcript = await transcript_of(reader, archive.desk.organization_id, conversation_id)
    assert transcript is not None
    assert [(each.text, each.destroyed_at is None) for each in transcript.messages] == [("", False)] * 2
    (shown,) = await archive.get(f"/api/v2/conversations/{conversation_id}/recordings")
    assert shown["fileState"] == "DELETED"
    assert "messagingTranscript" not in shown
