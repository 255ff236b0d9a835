"""What is written is exported with what is spoken: messages, e-mails and their files, with what keeps them."""

import json
from pathlib import Path

from tests.store.discovery.legal import Legal
from tests.store.messaging.desk import Desk
from tests.store.routing.floor import Floor

from shiftline.conversations.model.conversations import CallState
from shiftline.discovery import places
from shiftline.discovery.exports.model import Selection
from shiftline.discovery.model import Channel
from shiftline.messaging.operations.addresses import put_address
from shiftline.messaging.operations.mail import find_address, receive_mail
from shiftline.messaging.operations.recording import seal_written

MAIL = b"""From: Zoe <zoe@example.org>\r\nTo: help@example.com\r\nSubject: refund\r\nMessage-ID: <m1@example.org>\r
Date: Fri, 27 Oct 2023 11:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPlease refund.\r
"""


async def desk_of(legal: Legal) -> Desk:
    floor = Floor(legal.room.tenant, legal.admin)  # type: ignore[arg-type]
    await floor.prepare()
    return Desk(floor)


async def test_messages_and_mail_are_in_it(legal: Legal) -> None:
    await legal.calls(1)
    desk = await desk_of(legal)
    deployment = await desk.deployment()
    ana = await desk.agent("Ann", deployment.queue_id)
    visitor = await desk.guest(deployment, name="Zoë")
    first = await visitor.write("Hello, is anybody there?")
    await desk.route()
    await desk.accept(first.conversation_id, ana)
    await desk.answer(first.conversation_id, ana, "Good morning.")
    await desk.wish(first.conversation_id, ana, state=CallState.DISCONNECTED)
    await put_address(legal.admin, "help@example.com", "Help", deployment.queue_id)
    address = await find_address(desk.installation, "help@example.com")
    assert address is not None
    (mail,) = await receive_mail(desk.installation, legal.room.vault.objects, [address], MAIL)
    async with desk.installation.reader() as reader:
        (job,) = await reader.all("select args from procrastinate_jobs where task_name = 'messaging.seal'", {})
    await seal_written(legal.worker, legal.room.vault, job["args"]["recording_id"], first.conversation_id)
    export = await legal.sealed()
    report = legal.verify(export)
    assert report.holds, report.sentence
    sealed = legal.path() / f"data/conversations/{first.conversation_id}/{job['args']['recording_id']}"
    assert [each["text"] for each in json.loads(sealed.with_suffix(".json").read_text())["messages"]] == [
        "Hello, is anybody there?",
        "Good morning.",
    ]
    assert job["args"]["recording_id"] in (legal.path() / places.PROOFS).read_text()
    folder = legal.path() / "data/conversations"
    original = folder / mail.conversation_id / f"{mail.id}.eml"
    assert original.read_bytes() == MAIL
    chat: Path = folder / first.conversation_id
    assert (chat / "messages.rsmf").exists()
    vcon = json.loads((chat / "vcon.json").read_text())
    assert [each["body"] for each in vcon["dialog"]] == ["Hello, is anybody there?", "Good morning."]
    told = json.loads((legal.path() / "data/export.json").read_text())["counts"]
    assert (told["recordings"], told["messages"], told["emails"]) == (1, 1, 1)
    only = await legal.sealed(name="mail", selection=Selection(channels=(Channel.EMAIL,)))
    assert legal.verify(only).holds
    assert [each.name for each in (legal.path("mail") / "data/conversations").iterdir()] == [mail.conversation_id]
