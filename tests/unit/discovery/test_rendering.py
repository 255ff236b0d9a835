"""What a package holds, read by other programs than those that wrote it."""

import asyncio
import csv
import email
import email.policy
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from tests.unit.discovery.sample import ANA, KEY, Memory, Sample, made, sample

from shiftline.discovery import bag, places, schemas
from shiftline.discovery.errors import FileDiffers, SourceDiffers
from shiftline.discovery.model import Content
from shiftline.discovery.package.building import Signing, build
from shiftline.discovery.package.folders import FolderSink
from shiftline.discovery.verification.verifying import verify_package

CALL = "data/conversations/call-1/"
VENDOR = "data/vendor/year=2023/month=11/day=05/hour=06/conversation_id=call-1/recording-1_metadata.json"


def parsed(package: Memory, path: str) -> Any:
    return json.loads(package.kept[path])


def test_the_same_facts_give_the_same_bytes(facts: Sample) -> None:
    once, _ = made(replace(facts, piece=13))
    again, _ = made(replace(facts, piece=100_000))
    assert once.kept == again.kept
    assert bag.TAG_MANIFEST in once.kept


def test_other_facts_give_another_root(facts: Sample) -> None:
    other = replace(facts, export=replace(facts.export, reason="another"))
    assert made(facts)[1].root != made(other)[1].root


def test_no_document_holds_a_null(package: Memory) -> None:
    def look(value: Any) -> None:
        assert value is not None
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            look(each)

    # A transcript is handed over as it was sealed: its digests are of fields that nobody filled, too.
    made_here = [path for path in package.kept if "schemas/" not in path and "/transcript-" not in path]
    described = [path for path in package.kept if path.endswith(".recording.json")]
    documents = [path for path in {*made_here, *described} if path.endswith((".json", ".jsonl"))]
    assert len(documents) > 12
    for path in documents:
        for line in package.kept[path].splitlines() if path.endswith("l") else [package.kept[path]]:
            look(json.loads(line))


def test_every_schema_refuses_a_null_and_a_field_that_nobody_knows(package: Memory) -> None:
    documents = {
        "conversation": parsed(package, f"{CALL}conversation.json"),
        "recording": parsed(package, f"{CALL}recording-1.recording.json"),
        "vcon": parsed(package, f"{CALL}vcon.json"),
        "vendor-metadata": parsed(package, VENDOR),
        "export": parsed(package, places.EXPORT),
        "proof": json.loads(package.kept[places.PROOFS].splitlines()[0]),
        "log-entry": json.loads(package.kept[places.LOG_JSON].splitlines()[0]),
    }
    for name, value in documents.items():
        assert schemas.find_problem(name, value) is None, name
        for field in value:
            assert schemas.find_problem(name, {**value, field: None}), (name, field)
        assert schemas.find_problem(name, {**value, "unheard": 1}), name


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, [("2023-11-05T06:59:59.000Z", "-05:00"), ("2023-11-05T07:00:00.000Z", "-06:00")]),
        (2, [("2023-09-30T15:00:00.000Z", "+10:30"), ("2023-09-30T15:30:00.000Z", "+11:00")]),
    ],
    ids=["Chicago", "Lord Howe"],
)
def test_offsets_rise_in_elapsed_time_in_every_format(
    package: Memory, number: int, expected: list[tuple[str, str]]
) -> None:
    name = f"recording-{number}"
    vendor = next(path for path in package.kept if path.endswith(f"{name}_metadata.json"))
    row = dat_rows(package)[number - 1]
    listed = [tuple(each.split(" ")) for each in row["OFFSETS"].split("; ")]
    for offsets in (
        [
            (each["from"], each["utcOffset"])
            for each in parsed(package, f"data/conversations/call-{number}/{name}.recording.json")["offsets"]
        ],
        [(each["from"], each["utcOffset"]) for each in parsed(package, vendor)["offsets"]],
        listed,
    ):
        assert offsets == expected
        assert all(earlier[0] < later[0] for earlier, later in pairwise(offsets))
    start = parsed(package, f"data/conversations/call-{number}/vcon.json")["dialog"][0]["start"]
    assert start == row["STARTLOCAL"]
    assert start.endswith(expected[0][1])
    assert datetime.fromisoformat(start) == datetime.fromisoformat(expected[0][0])


def dat_rows(package: Memory) -> list[dict[str, str]]:
    text = package.kept[places.DAT].decode("utf-8-sig")
    lines = [line.strip("\u00fe").split("\u00fe\u0014\u00fe") for line in text.split("\r\n") if line]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def test_the_load_files_list_each_document_once(package: Memory) -> None:
    rows = dat_rows(package)
    numbers = [row["BEGDOC"] for row in rows]
    assert numbers == [f"SL{number:08d}" for number in range(1, 6)]
    assert all(row["NATIVELINK"] in package.kept for row in rows)
    assert rows[0]["SHA256"] == hashlib.sha256(package.kept[f"{CALL}recording-1.ogg"]).hexdigest()
    assert [row["LEGALHOLD"] for row in rows] == ["Y", "N", "Y", "N", "N"]
    opt = [line.split(",") for line in package.kept[places.OPT].decode().splitlines()]
    assert [line[0] for line in opt] == numbers
    assert {len(line) for line in opt} == {7}
    root = ET.fromstring(package.kept[places.EDRM])
    assert [each.get("DocID") for each in root.iter("Document")] == numbers
    files = [f"{each.get('FilePath')}/{each.get('FileName')}" for each in root.iter("ExternalFile")]
    assert files == [row["NATIVELINK"] for row in rows]
    assert "Doe v. Example: Łódź" in {each.get("TagValue") for each in root.iter("Tag")}


def test_delimiters_in_a_text_do_not_break_the_load_file() -> None:
    facts = sample()
    hostile = "a \u00feb\u0014c\r\nd\ne \x07 <&\"' "
    first = replace(facts.listed[0], subject=hostile)
    package, _ = made(replace(facts, listed=(first, *facts.listed[1:])))
    assert dat_rows(package)[0]["SUBJECT"] == "a  b c\u00aed\u00aee \x07 <&\"' "
    tags = {each.get("TagName"): each.get("TagValue") for each in ET.fromstring(package.kept[places.EDRM]).iter("Tag")}
    assert tags["SUBJECT"]
    assert verify_package(package).holds


def test_a_chat_is_a_message_with_its_zip(package: Memory) -> None:
    message = email.message_from_bytes(
        package.kept["data/conversations/chat-1/messages.rsmf"], policy=email.policy.default
    )
    assert message["X-RSMF-Version"] == "2.0.0"
    assert message["X-RSMF-EventCount"] == "2"
    attached = [each for each in message.walk() if each.get_filename() == "rsmf.zip"]
    with zipfile.ZipFile(io.BytesIO(cast("bytes", attached[0].get_payload(decode=True)))) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("rsmf_manifest.json"))
        assert schemas.find_problem("rsmf-manifest", manifest) is None
        assert [each["body"] for each in manifest["events"]] == ["Hello þ\nthere", "Your invoice."]
        name = manifest["events"][1]["attachments"][0]["id"]
        assert archive.read(name) == b"%PDF invoice " * 20


def test_an_email_that_came_is_as_it_came_and_one_from_here_reads_as_it_was(package: Memory, facts: Sample) -> None:
    assert package.kept["data/conversations/thread-1/mail-1.eml"] == facts.contents["mail-1"]
    message = email.message_from_bytes(
        package.kept["data/conversations/thread-1/mail-2.eml"], policy=email.policy.default
    )
    assert (message["Subject"], message["From"]) == ("Re: refund für Zoë", "Łukasz <help@example.com>")
    parts = {each.get_content_type(): each for each in message.walk()}
    assert parts["text/plain"].get_content().strip() == "Granted."
    assert parts["application/pdf"].get_filename() == "Rechnung für Zoë.pdf"


def test_a_header_cannot_be_smuggled_in(facts: Sample) -> None:
    thread = facts.listed[-1]
    answer = replace(thread.emails[1], subject="hello\r\nBcc: all@example.org")
    changed = replace(thread, emails=(thread.emails[0], answer))
    package, _ = made(replace(facts, listed=(*facts.listed[:-1], changed)))
    message = email.message_from_bytes(
        package.kept["data/conversations/thread-1/mail-2.eml"], policy=email.policy.default
    )
    assert message["Bcc"] is None
    assert message["Subject"] == "hello Bcc: all@example.org"


def test_the_log_names_each_file_and_what_was_left_out(package: Memory) -> None:
    rows = list(csv.DictReader(io.StringIO(package.kept[places.LOG_CSV].decode())))
    stored = {row["path"]: row["sha256"] for row in rows if row["outcome"] == "stored"}
    expected = {path for path in package.kept if path.startswith("data/") and not path.startswith("data/log/")}
    assert set(stored) == expected
    assert all(hashlib.sha256(package.kept[path]).hexdigest() == sha256 for path, sha256 in stored.items())
    assert [row["reason"] for row in rows if row["outcome"] == "excluded"] == ["Nothing of it was found."]
    lines = [json.loads(line) for line in package.kept[places.agent_log(ANA, "jsonl")].splitlines()]
    assert {line["path"] for line in lines if line["outcome"] == "stored"} < set(stored)
    assert lines[-1]["id"] == "recording-lost"


def test_the_certificate_tells_what_a_court_asks(package: Memory, facts: Sample) -> None:
    page = package.kept[places.CERTIFICATE_HTML].decode()
    digest = hashlib.sha256(package.kept[bag.MANIFEST]).hexdigest()
    for told in (
        digest, "CN=Test Time Authority", "2023-11-30T12:00:00.123Z", "Ben Counsel", "Nothing of it was found.",
        "Doe v. Example: Łódź", "902(13)", "902(14)", "Example &amp; Söhne", "bagit.py --quiet --validate .", "Repeated attempts",
        "interval", "Ledger&#x27;s root",
    ):  # fmt: skip
        assert told in page, told
    assert package.kept[places.CERTIFICATE_PDF].startswith(b"%PDF-")


def test_the_sheet_is_an_image(package: Memory) -> None:
    with Image.open(io.BytesIO(package.kept[places.SLIP_SHEET])) as image:
        assert (image.size, image.mode) == ((1704, 2200), "1")
        assert image.convert("L").getextrema() == (0, 255)


def test_ids_that_are_no_file_names_stay_apart_and_inside() -> None:
    odd = ["..", ".", "", "a/b", "a\\b", "a b", "ä", "a.", "A~b", "con/../x", "a\nb"]
    made_of = [places.segment(each) for each in odd]
    assert len(set(made_of)) == len(odd)
    assert not any(bag.is_unsafe(f"data/{each}/x") for each in made_of)
    assert places.segment("0e5d1c8a-3f0b.ogg") == "0e5d1c8a-3f0b.ogg"


def test_a_folder_gets_the_same_and_keeps_it(facts: Sample, tmp_path: Path) -> None:
    signing = Signing(key=KEY)
    sealed = asyncio.run(build(facts, FolderSink(tmp_path), signing))
    in_memory, expected = made(facts)
    assert sealed == expected
    for path, content in in_memory.kept.items():
        assert (tmp_path / path).read_bytes() == content
    assert not [*tmp_path.rglob("*.unfinished")]
    again = asyncio.run(build(facts, FolderSink(tmp_path), signing))
    assert again == sealed
    with pytest.raises(FileDiffers, match=r"conversation\.json is there already"):
        asyncio.run(
            build(replace(facts, listed=(replace(facts.listed[0], subject="x"),)), FolderSink(tmp_path), signing)
        )


def test_sound_that_is_not_what_was_frozen_ends_the_export(facts: Sample) -> None:
    contents = {**facts.contents, "recording-1": facts.contents["recording-2"]}
    with pytest.raises(SourceDiffers, match="recording-1"):
        made(replace(facts, contents=contents))


class Streaming:
    """The sample with an attachment of many bytes that never lie in memory together."""

    def __init__(self, facts: Sample, size: int) -> None:
        digest = hashlib.sha256()
        for _ in range(size // len(self.piece)):
            digest.update(self.piece)
        large = Content(id="large", media_type="application/octet-stream", size=size, sha256=digest.hexdigest())
        thread = facts.listed[-1]
        mail = replace(thread.emails[1], attachments=(large,))
        listed = (*facts.listed[:-1], replace(thread, emails=(thread.emails[0], mail)))
        self._facts, self._count = replace(facts, listed=listed), size // len(self.piece)
        self.export = facts.export
        self.conversations = self._facts.conversations

    piece = bytes(range(256)) * 1024

    async def content(self, content: Content) -> AsyncIterator[bytes]:
        if content.id != "large":
            async for chunk in self._facts.content(content):
                yield chunk
            return
        for _ in range(self._count):
            yield self.piece


def test_neither_writing_nor_verifying_holds_a_file_in_memory(tmp_path: Path) -> None:
    import tracemalloc

    size = 12 * 1024 * 1024
    streaming = Streaming(sample(calls=0), size)
    tracemalloc.start()
    asyncio.run(build(streaming, FolderSink(tmp_path), Signing(key=KEY)))
    report = verify_package(tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.holds, report.sentence
    assert report.size > 2 * size
    assert peak < size / 2, peak


def test_instants_are_in_utc_whatever_zone_they_came_with() -> None:
    from datetime import timedelta, timezone

    from shiftline.discovery.canonical import instant

    at = datetime(2023, 11, 5, 6, 59, 59, 1999, tzinfo=UTC)
    assert instant(at.astimezone(timezone(timedelta(hours=-5)))) == "2023-11-05T06:59:59.001Z"
