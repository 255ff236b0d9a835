"""E-mail over real SMTP, in and out: from a mailer to our server, through an agent, to a relay that is a real server too."""

import asyncio
import contextlib
import smtplib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from tests.store.calls.exchange import Ahead
from tests.store.conftest import Tenant
from tests.store.messaging.desk import Desk

from shiftline.apps.mail import Relay, listening, send_due
from shiftline.conversations.errors import ConversationNotFound
from shiftline.conversations.model.conversations import CallState
from shiftline.foundation.errors import Invalid
from shiftline.foundation.objects import Objects
from shiftline.messaging.errors import AddressTaken, NoRelay, NotInConversation
from shiftline.messaging.events import MailDispatched
from shiftline.messaging.model import MailAddress, ReplyDraft
from shiftline.messaging.operations.addresses import delete_address, put_address
from shiftline.messaging.operations.answering import list_messages
from shiftline.messaging.operations.replying import PAUSES, list_dispatches, reply_by_mail
from shiftline.messaging.operations.transcripts import object_key, transcript_of
from shiftline.messaging.rules.chain import find_break
from shiftline.messaging.rules.mail import read_letter
from shiftline.routing.model.queues import Medium, QueueDraft
from shiftline.routing.operations.queues import create_queue_in

OURS = "support@northwind.example"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@dataclass
class Post:
    """A desk with an address, our SMTP server, and where a mailer finds it."""

    desk: Desk
    objects: Objects
    queue_id: str
    port: int

    async def send(self, to: str = OURS, text: str = "Hello?", **more: Any) -> None:
        """An e-mail as a customer's mailer sends it. Raises smtplib's refusals."""
        made = EmailMessage()
        files = more.pop("files", ())
        headers = {"From": "Zoë <zoe@example.org>", "To": to, "Subject": "Help", **more}
        for name, value in headers.items():
            made[name.replace("_", "-")] = value
        made.set_content(text)
        for name, content in files:
            made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        await self.send_bytes(to, made.as_bytes())

    async def send_bytes(self, to: str, content: bytes) -> None:
        def work() -> None:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as server:
                server.sendmail("zoe@example.org", [to], content)

        await asyncio.to_thread(work)

    async def conversations(self) -> list[str]:
        rows = await self.desk.rows(
            "select id from conversations.conversation where medium = 'email' order by started_at, id"
        )
        return [row["id"] for row in rows]

    async def reply(self, conversation_id: str, person_id: str, text: str, **more: Any) -> Any:
        return await reply_by_mail(
            self.desk.acting_as(person_id), self.objects, conversation_id, ReplyDraft(text, **more), relay=True
        )


@pytest.fixture
async def post(desk: Desk, tmp_path: Path) -> AsyncGenerator[Post]:
    queue = await desk.floor.queue("Mail")
    await put_address(desk.floor.context, "Support@Northwind.example", "Northwind Support", queue)
    objects = Objects(tmp_path.as_uri())
    async with listening(desk.installation, objects, "127.0.0.1:0", "localhost") as port:
        yield Post(desk, objects, queue, port)


@dataclass
class Mailbox:
    """A relay: a real SMTP server that takes what it likes."""

    answers: list[str] = field(default_factory=list[str])
    taken: list[tuple[list[str], bytes]] = field(default_factory=list[tuple[list[str], bytes]])
    port: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.taken.append((envelope.rcpt_tos, envelope.original_content or b""))
        return answer

    @property
    def relay(self) -> Relay:
        return Relay(f"smtp://127.0.0.1:{self.port}", "localhost")


@contextlib.asynccontextmanager
async def relaying(*answers: str) -> AsyncGenerator[Mailbox]:
    box = Mailbox(list(answers))
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(box, hostname="relay"), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()


async def talking(post: Post) -> tuple[str, str]:
    """An e-mail that an agent has taken: (conversation, agent)."""
    ana = await post.desk.agent("Ana", post.queue_id)
    await post.send(Message_ID="<1@example.org>")
    (conversation_id,) = await post.conversations()
    await post.desk.route()
    await post.desk.accept(conversation_id, ana, Medium.EMAIL)
    return conversation_id, ana


async def test_a_letter_is_routed_answered_and_its_answer_joins(post: Post) -> None:
    conversation_id, ana = await talking(post)
    conversation = await post.desk.conversation(conversation_id)
    assert (conversation.subject, conversation.address, conversation.participants[0].address) == (
        "Help", OURS, "zoe@example.org",
    )  # fmt: skip
    sent = await post.reply(conversation_id, ana, "Good morning.")
    assert (await post.desk.part(conversation_id, ana)).messages[-1].status == "queued"
    async with relaying() as box:
        assert await send_due(post.desk.installation, post.objects, box.relay) == 1
        assert await send_due(post.desk.installation, post.objects, box.relay) == 0, "once"
    ((recipients, raw),) = box.taken
    assert recipients == ["zoe@example.org"]
    letter = read_letter(raw)
    assert (letter.mail.subject, letter.mail.sender) == ("Re: Help", MailAddress(OURS, "Northwind Support"))
    assert letter.mail.references == ("<1@example.org>",)
    assert letter.mail.message_id == sent.mail.message_id
    assert (await post.desk.part(conversation_id, ana)).messages[-1].status == "sent"
    await post.send(text="Thank you", In_Reply_To=letter.mail.message_id, Message_ID="<2@example.org>")
    assert await post.conversations() == [conversation_id]
    written = await list_messages(post.desk.acting_as(ana), conversation_id, Medium.EMAIL)
    assert [each.text.strip() for each in written] == ["Hello?", "Good morning.", "Thank you"]
    assert find_break(written) is None
    async with post.desk.floor.context.reader() as reader:
        transcript = await transcript_of(reader, post.desk.organization_id, conversation_id)
    assert transcript is not None
    for digest, key in transcript.objects.items():
        assert await post.objects.get(key), digest
    raw_digest = written[1].raw_sha256
    assert raw_digest is not None
    kept = await post.objects.get(object_key(post.desk.organization_id, raw_digest))
    assert kept == raw, "what went out is what is kept"


async def test_after_the_end_an_answer_begins_anew_with_whom_they_know(post: Post) -> None:
    conversation_id, ana = await talking(post)
    await post.desk.wish(conversation_id, ana, Medium.EMAIL, state=CallState.DISCONNECTED)
    await post.send(text="One more", In_Reply_To="<1@example.org>", Message_ID="<2@example.org>")
    first, second = await post.conversations()
    assert first == conversation_id != second
    rows = await post.desk.rows("select last_agent_id from routing.interaction where state = 'waiting'")
    assert [row["last_agent_id"] for row in rows] == [ana]


async def test_a_letter_that_comes_again_is_the_same(post: Post) -> None:
    for _ in range(3):
        await post.send(Message_ID="<1@example.org>")
    await asyncio.gather(*(post.send(Message_ID="<2@example.org>") for _ in range(4)))
    assert len(await post.conversations()) == 2
    await post.send(Message_ID="<1@example.org>", text="another one with a stolen id")
    assert len(await post.desk.rows("select 1 from messaging.message")) == 3


async def test_what_is_refused_says_why_and_leaves_nothing(post: Post) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="no address here"):
        await post.send(to="nobody@northwind.example")
    with pytest.raises(smtplib.SMTPDataError, match="no type that is let in"):
        await post.send(files=[("a.exe", b"MZ\x90\0")])
    with pytest.raises(smtplib.SMTPDataError, match="headers"):
        await post.send_bytes(OURS, b"From: a@b.example\r\n" + b"X: 1\r\n" * 500 + b"\r\nx")
    with pytest.raises(smtplib.SMTPDataError, match="From"):
        await post.send_bytes(OURS, b"\r\nnothing")
    assert await post.conversations() == []
    await post.send(files=[("a.png", PNG)])
    assert len(await post.conversations()) == 1, "the server goes on"


async def test_a_relay_that_is_away_is_tried_again_and_one_that_refuses_is_not(post: Post) -> None:
    conversation_id, ana = await talking(post)
    sent = await post.reply(conversation_id, ana, "Good morning.")
    nobody = Relay("smtp://127.0.0.1:9", "localhost")
    assert await send_due(post.desk.installation, post.objects, nobody) == 1
    assert await send_due(post.desk.installation, post.objects, nobody) == 0, "not before the pause is over"
    later = post.desk.installation.with_clock(Ahead(PAUSES[0] + timedelta(seconds=1)))
    async with relaying("451 busy", "554 not wanted") as box:
        assert await send_due(later, post.objects, box.relay) == 1
        (dispatch,) = (await list_dispatches(post.desk.acting_as(ana), conversation_id)).values()
        assert (dispatch.state, dispatch.attempts, dispatch.said) == ("queued", 2, "451 busy")
        later = post.desk.installation.with_clock(Ahead(PAUSES[0] + PAUSES[1] + timedelta(seconds=3)))
        assert await send_due(later, post.objects, box.relay) == 1
    (dispatch,) = (await list_dispatches(post.desk.acting_as(ana), conversation_id)).values()
    assert (dispatch.message_id, dispatch.state, dispatch.said) == (sent.id, "failed", "554 not wanted")
    assert (await post.desk.part(conversation_id, ana)).messages[-1].status == "failed"
    told = await post.desk.floor.tenant.news(MailDispatched)
    assert [each.state for each in told] == ["queued", "queued", "failed"]


async def test_replies_are_refused_where_they_cannot_be_meant(post: Post, other_tenant: Tenant) -> None:
    conversation_id, ana = await talking(post)
    who = post.desk.acting_as(ana)
    with pytest.raises(NoRelay, match="SHIFTLINE_SMTP_RELAY"):
        await reply_by_mail(who, post.objects, conversation_id, ReplyDraft("x"), relay=False)
    with pytest.raises(Invalid, match="no e-mail address"):
        await post.reply(conversation_id, ana, "x", to=(MailAddress("a@b@c"),))
    with pytest.raises(Invalid, match="no file"):
        await post.reply(conversation_id, ana, "x", attachment_ids=("unheard",))
    with pytest.raises(ConversationNotFound):
        await reply_by_mail(other_tenant.context, post.objects, conversation_id, ReplyDraft("x"), relay=True)
    await post.desk.wish(conversation_id, ana, Medium.EMAIL, state=CallState.DISCONNECTED)
    with pytest.raises(NotInConversation):
        await post.reply(conversation_id, ana, "too late")
    assert await post.desk.rows("select 1 from messaging.dispatch") == []


async def test_an_address_is_one_organization_s(post: Post, other_tenant: Tenant) -> None:
    queue = await post.desk.floor.queue("Second")
    assert (await put_address(post.desk.floor.context, OURS, "", queue)).queue_id == queue
    theirs = other_tenant.context
    with pytest.raises(Invalid):
        await put_address(theirs, "new@southwind.example", "", queue)
    async with theirs.transaction() as tx:
        own = await create_queue_in(tx, QueueDraft("Own"))
    with pytest.raises(AddressTaken):
        await put_address(theirs, OURS, "", own.id)
    await delete_address(post.desk.floor.context, OURS)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await post.send()
