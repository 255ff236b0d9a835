"""What is written across a change of clocks: in UTC and in its order in RSMF, vCon, the record and the e-mails."""

import email
import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from email.message import Message as Mime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from tests.store.discovery.legal import Legal
from tests.store.discovery.test_written import desk_of
from tests.store.messaging.desk import Desk

from shiftline.conversations.model.conversations import CallState
from shiftline.discovery.canonical import instant
from shiftline.foundation.time import Weekday, find_zone
from shiftline.messaging.model import Message, ReplyDraft
from shiftline.messaging.operations.addresses import put_address
from shiftline.messaging.operations.mail import find_address, receive_mail
from shiftline.messaging.operations.replying import reply_by_mail
from shiftline.routing.model.queues import Medium
from shiftline.workforce.units.model import UnitDraft
from shiftline.workforce.units.operations.agents import move_agents_in
from shiftline.workforce.units.operations.business_units import create_business_unit_in
from shiftline.workforce.units.operations.management_units import create_management_unit_in

# Clocks go back an hour in Chicago, half an hour at Lord Howe Island: by their hands the last message is before the first.
CASES = [
    ("America/Chicago", datetime(2023, 11, 5, 7, 0, tzinfo=UTC), ["-0500", "-0600"]),
    ("Australia/Lord_Howe", datetime(2024, 4, 6, 15, 0, tzinfo=UTC), ["+1100", "+1030"]),
]
AROUND = [timedelta(minutes=-8), timedelta(seconds=-1), timedelta(milliseconds=1), timedelta(minutes=8)]
MAIL = """From: Zoe <zoe@example.org>\r
To: help@example.com\r
Subject: refund\r
Message-ID: <m1@example.org>\r
Date: {date}\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=utf-8\r
\r
Please refund.\r
"""


async def in_zone(legal: Legal, zone: str) -> tuple[Desk, str, str]:
    """A desk whose agent works in a zone: (desk, agent, queue)."""
    desk = await desk_of(legal)
    queue = await desk.floor.queue("Written")
    ann = await desk.agent("Ann", queue)
    async with legal.admin.transaction() as tx:
        unit = await create_business_unit_in(tx, UnitDraft("Help", time_zone=zone, start_day_of_week=Weekday.MONDAY))
        team = await create_management_unit_in(tx, unit.id, UnitDraft("Team"))
        await move_agents_in(tx, [ann], team.id)
    return desk, ann, queue


@pytest.mark.parametrize(("zone", "change", "offsets"), CASES)
async def test_messages_keep_their_order_and_are_in_utc(
    legal: Legal, zone: str, change: datetime, offsets: list[str]
) -> None:
    clock, times = legal.room.clock, [change + each for each in AROUND]
    clock.set(times[0] - timedelta(minutes=1))
    desk, ann, queue = await in_zone(legal, zone)
    visitor = await desk.guest(await desk.deployment(queue), name="Zoë")
    said = ["first", "second", "third", "fourth"]
    clock.set(times[0])
    conversation_id = (await visitor.write(said[0])).conversation_id
    await desk.route()
    await desk.accept(conversation_id, ann)
    for at, text, mine in zip(times[1:], said[1:], (True, False, True), strict=True):
        clock.set(at)
        await (desk.answer(conversation_id, ann, text) if mine else visitor.write(text))
    await desk.wish(conversation_id, ann, state=CallState.DISCONNECTED)

    export = await legal.sealed()
    report = legal.verify(export)
    assert report.holds, report.sentence
    folder = legal.path() / "data/conversations" / conversation_id
    told = await desk.rows("select sent_at, zone, utc_offset_seconds from messaging.message order by position")
    assert [each["sent_at"] for each in told] == times
    assert {each["zone"] for each in told[1:]} == {zone}, "the first was written before anybody answered"
    assert [text_of(each["utc_offset_seconds"]) for each in told[2:]] == [offsets[1], offsets[1]]
    assert text_of(told[1]["utc_offset_seconds"]) == offsets[0]
    by_the_clock = [each.astimezone(find_zone(zone)).replace(tzinfo=None) for each in times]
    assert by_the_clock[-1] < by_the_clock[0], "by the clock on the wall the last was before the first"
    expected = [instant(at) for at in times]
    rsmf = email.message_from_bytes((folder / "messages.rsmf").read_bytes())
    assert (rsmf["X-RSMF-BeginDate"], rsmf["X-RSMF-EndDate"]) == (expected[0], expected[-1])
    assert_utc_date(rsmf, times[0])
    text, attached = parts_of(rsmf)
    lines = [re.fullmatch(r"(\S+) .*: (\w+)", each) for each in text.decode().splitlines()]
    assert [each and each.groups() for each in lines] == list(zip(expected, said, strict=True))
    with zipfile.ZipFile(io.BytesIO(attached)) as archive:
        manifest = json.loads(archive.read("rsmf_manifest.json"))
    assert [(each["timestamp"], each["body"]) for each in manifest["events"]] == list(zip(expected, said, strict=True))
    dialog = json.loads((folder / "vcon.json").read_text())["dialog"]
    assert [each["body"] for each in dialog] == said
    assert [datetime.fromisoformat(each["start"]) for each in dialog] == [
        datetime.fromisoformat(each) for each in expected
    ]


def parts_of(message: Mime) -> list[bytes]:
    """The contents of a message's parts."""
    payload: Any = message.get_payload()
    return [each.get_payload(decode=True) for each in payload]


def assert_utc_date(message: Mime, at: datetime) -> None:
    """A message's date is an instant, said in UTC: "+0000", not "-0000", which says that nothing is known of the zone."""
    assert str(message["Date"]).endswith(" +0000")
    assert parsedate_to_datetime(str(message["Date"])) == at.replace(microsecond=0)


@pytest.mark.parametrize(("zone", "change", "offsets"), CASES)
async def test_e_mails_have_a_date_in_utc(legal: Legal, zone: str, change: datetime, offsets: list[str]) -> None:
    clock, (asked, second, third, last) = legal.room.clock, [change + each for each in AROUND]
    clock.set(asked - timedelta(minutes=1))
    desk, ann, queue = await in_zone(legal, zone)
    await put_address(legal.admin, "help@example.com", "Help", queue)
    address = await find_address(desk.installation, "help@example.com")
    assert address is not None
    clock.set(asked)
    raw = MAIL.format(date=f"{asked.astimezone(find_zone(zone)):%a, %d %b %Y %H:%M:%S %z}").encode()
    assert f" {offsets[0]}\r\n".encode() in raw
    (mail,) = await receive_mail(desk.installation, legal.room.vault.objects, [address], raw)
    await desk.route()
    await desk.accept(mail.conversation_id, ann, Medium.EMAIL)
    sent: list[Message] = []
    for at in (second, third, last):
        clock.set(at)
        sent.append(
            await reply_by_mail(
                desk.acting_as(ann), legal.room.vault.objects, mail.conversation_id, ReplyDraft(f"At {at}."), relay=True
            )
        )
    export = await legal.sealed()
    report = legal.verify(export)
    assert report.holds, report.sentence
    folder = legal.path() / "data/conversations" / mail.conversation_id
    assert (folder / f"{mail.id}.eml").read_bytes() == raw
    letters = [email.message_from_bytes((folder / f"{each.id}.eml").read_bytes()) for each in sent]
    for letter, at in zip(letters, (second, third, last), strict=True):
        assert_utc_date(letter, at)
    dates = [parsedate_to_datetime(str(each["Date"])) for each in (email.message_from_bytes(raw), *letters)]
    assert dates == sorted(dates)


def text_of(seconds: int) -> str:
    """An offset as messages have it."""
    return f"{datetime(2000, 1, 1, tzinfo=timezone(timedelta(seconds=seconds))):%z}"
