"""A destroyed transcript says nothing any more, here and among the objects; what others refer to stays, and so does the chain."""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from tests.store.messaging.desk import Desk, Visitor

from shiftline.foundation.objects import Objects
from shiftline.messaging.model import Attachment, Message
from shiftline.messaging.operations.attachments import keep_for_guest
from shiftline.messaging.operations.purging import purge_transcript
from shiftline.messaging.operations.transcripts import object_key, transcript_of
from shiftline.messaging.rules.chain import find_break

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
OTHER = b"\x89PNG\r\n\x1a\n" + bytes(30)


@dataclass
class Shelf:
    """A desk and where its files are kept."""

    desk: Desk
    objects: Objects
    folder: Path

    async def file(self, visitor: Visitor, content: bytes) -> Attachment:
        return await keep_for_guest(self.desk.installation, self.objects, visitor.guest, "secret plan.png", content)

    async def write(self, visitor: Visitor, text: str, content: bytes) -> Message:
        return await visitor.write(text, attachment_ids=((await self.file(visitor, content)).id,))

    async def has(self, content: bytes) -> bool:
        digest = hashlib.sha256(content).hexdigest()
        return await self.objects.size(object_key(self.desk.organization_id, digest)) is not None

    async def read(self, conversation_id: str) -> tuple[Message, ...]:
        async with self.desk.floor.context.reader() as reader:
            found = await transcript_of(reader, self.desk.organization_id, conversation_id)
        assert found is not None
        return found.messages


@pytest.fixture
def shelf(desk: Desk, tmp_path: Path) -> Shelf:
    return Shelf(desk, Objects(tmp_path.as_uri()), tmp_path)


async def test_text_and_files_go_and_the_chain_stays(shelf: Shelf) -> None:
    deployment = await shelf.desk.deployment()
    one, other = await shelf.desk.guest(deployment, name="Zoë"), await shelf.desk.guest(deployment, name="Ada")
    first = await shelf.write(one, "My secret number is 4711.", PNG)
    await shelf.write(one, "And this.", OTHER)
    kept = await shelf.write(other, "The same picture.", PNG)
    await one.leave()
    before = await shelf.read(first.conversation_id)
    for _ in range(2):
        await purge_transcript(shelf.desk.floor.context, shelf.objects, first.conversation_id)
    after = await shelf.read(first.conversation_id)
    assert [(each.text, each.author, each.attachments) for each in after] == [("", "", ())] * 2
    assert [(each.digest, each.former_digest, each.sent_at) for each in after] == [
        (each.digest, each.former_digest, each.sent_at) for each in before
    ]
    assert find_break(after) is None
    assert find_break(after[1:]) == 1, "a message that is left out still shows"
    assert not await shelf.has(OTHER)
    assert await shelf.has(PNG), "somebody else sent it, too"
    assert [each.text for each in await shelf.read(kept.conversation_id)] == ["The same picture."]
    dump = str(await shelf.desk.rows("select * from messaging.message")) + str(
        await shelf.desk.rows("select * from messaging.attachment where conversation_id is not null")
    )
    assert "4711" not in dump
    assert await shelf.desk.rows("select * from messaging.purge") == []


async def test_who_sends_a_content_while_it_is_taken_away_has_it(shelf: Shelf) -> None:
    deployment = await shelf.desk.deployment()
    one, other = await shelf.desk.guest(deployment), await shelf.desk.guest(deployment)
    first = await shelf.write(one, "Mine.", PNG)
    await one.leave()
    await asyncio.gather(
        purge_transcript(shelf.desk.floor.context, shelf.objects, first.conversation_id),
        *(shelf.file(other, PNG) for _ in range(8)),
    )
    assert await shelf.has(PNG)


async def test_nobody_else_changes_what_was_written(shelf: Shelf) -> None:
    deployment = await shelf.desk.deployment()
    visitor = await shelf.desk.guest(deployment)
    await visitor.write("As it was.")
    for change in ("text = 'Otherwise.'", "destroyed_at = now(), text = '', author = '', position = 9"):
        with pytest.raises(psycopg.Error, match=r"evidence|constraint"):
            async with shelf.desk.floor.context.transaction() as tx:
                await tx.execute(cast("Any", f"update messaging.message set {change}"), {})
