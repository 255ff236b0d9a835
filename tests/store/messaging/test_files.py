"""Files: let in or refused, kept by their digest, sent once, read by whoever may."""

from pathlib import Path

import pytest
from tests.store.conftest import Tenant
from tests.store.messaging.desk import Desk, Visitor

from shiftline.authorization.errors import PermissionMissing
from shiftline.conversations.errors import ConversationNotFound
from shiftline.foundation.errors import LimitReached, Unavailable
from shiftline.foundation.objects import Objects
from shiftline.messaging.errors import AttachmentNotFound, FileRefused
from shiftline.messaging.events import AttachmentRead
from shiftline.messaging.model import MOST_UNSENT_FILES, Attachment
from shiftline.messaging.operations.attachments import keep_for_agent, keep_for_guest, read_as_agent, read_as_guest
from shiftline.messaging.operations.guests import find_guest
from shiftline.messaging.operations.transcripts import object_key

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return Objects(tmp_path.as_uri())


async def keep(desk: Desk, objects: Objects, visitor: Visitor, name: str = "a.png", content: bytes = PNG) -> Attachment:
    return await keep_for_guest(desk.installation, objects, visitor.guest, name, content)


async def test_a_guest_s_file_is_sent_kept_and_read(desk: Desk, objects: Objects, other_tenant: Tenant) -> None:
    deployment = await desk.deployment()
    ana, bo = await desk.agent("Ana", deployment.queue_id), await desk.agent("Bo")
    visitor = await desk.guest(deployment)
    kept = await keep(desk, objects, visitor)
    message = await visitor.write("", attachment_ids=(kept.id,))
    assert message.attachments == (kept,)
    assert await objects.get(object_key(desk.organization_id, kept.sha256)) == PNG
    await desk.route()
    await desk.accept(message.conversation_id, ana)
    await desk.floor.tenant.news()
    assert await read_as_agent(desk.acting_as(ana), objects, message.conversation_id, kept.id) == (kept, PNG)
    (read,) = await desk.floor.tenant.news(AttachmentRead)
    assert (read.person_id, read.attachment_id) == (ana, kept.id)
    guest = await find_guest(desk.installation, visitor.guest.id, visitor.secret)
    assert (await read_as_guest(desk.installation, objects, guest, kept.id))[1] == PNG
    with pytest.raises(PermissionMissing):
        await read_as_agent(desk.acting_as(bo), objects, message.conversation_id, kept.id)
    with pytest.raises(ConversationNotFound):
        await read_as_agent(other_tenant.context, objects, message.conversation_id, kept.id)


async def test_a_file_goes_with_one_message_of_its_writer(desk: Desk, objects: Objects) -> None:
    deployment = await desk.deployment()
    one, other = await desk.guest(deployment), await desk.guest(deployment)
    kept = await keep(desk, objects, one)
    with pytest.raises(AttachmentNotFound):
        await other.write("mine?", attachment_ids=(kept.id,))
    await one.write("there", attachment_ids=(kept.id,))
    with pytest.raises(AttachmentNotFound):
        await one.write("again", attachment_ids=(kept.id,))
    assert len(await desk.rows("select 1 from conversations.conversation")) == 1


async def test_an_agent_sends_a_file_too_and_only_in_their_conversation(desk: Desk, objects: Objects) -> None:
    deployment = await desk.deployment()
    ana, bo = await desk.agent("Ana", deployment.queue_id), await desk.agent("Bo")
    visitor = await desk.guest(deployment)
    conversation_id = (await visitor.write("Hello?")).conversation_id
    await desk.route()
    await desk.accept(conversation_id, ana)
    with pytest.raises(ConversationNotFound):
        await keep_for_agent(desk.acting_as(bo), objects, conversation_id, "a.png", PNG)
    kept = await keep_for_agent(desk.acting_as(ana), objects, conversation_id, "a.png", PNG)
    sent = await desk.answer(conversation_id, ana, "", attachment_ids=(kept.id,))
    assert sent.attachments == (kept,)


async def test_what_is_refused_leaves_nothing(desk: Desk, objects: Objects) -> None:
    visitor = await desk.guest(await desk.deployment())
    with pytest.raises(FileRefused, match="no type that is let in"):
        await keep(desk, objects, visitor, "a.png", b"MZ\x90\0")
    assert await desk.rows("select 1 from messaging.attachment") == []


async def test_files_that_go_with_no_message_are_not_without_number(desk: Desk, objects: Objects) -> None:
    visitor = await desk.guest(await desk.deployment())
    for _ in range(MOST_UNSENT_FILES):
        await keep(desk, objects, visitor)
    with pytest.raises(LimitReached):
        await keep(desk, objects, visitor)


async def test_a_file_that_was_changed_where_it_is_kept_is_not_handed_out(desk: Desk, objects: Objects) -> None:
    visitor = await desk.guest(await desk.deployment())
    kept = await keep(desk, objects, visitor)
    message = await visitor.write("there", attachment_ids=(kept.id,))
    await objects.put(object_key(desk.organization_id, kept.sha256), PNG + b"!")
    with pytest.raises(Unavailable, match="as it was sent"):
        await read_as_agent(desk.floor.context, objects, message.conversation_id, kept.id)
