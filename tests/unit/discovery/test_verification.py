"""Whatever is done to a package is found, and told in one sentence that names the file."""

import hashlib
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from obstore.store import LocalStore
from tests.unit.discovery.sample import KEY, OTHER_KEY, Authority, Memory, Sample, made, make_authority, rewrite, sample

from shiftline.discovery import bag, places
from shiftline.discovery.anchors import attestations
from shiftline.discovery.verification.model import Check, PackageUnreadable, Report, Trust, Verdict
from shiftline.discovery.verification.readers import BucketReader
from shiftline.discovery.verification.verifying import verify_package

FLIPS = 16
"""Of each file of the package."""
CUTS = 1500
"""Of the whole package; each of its bytes in benchmarks/discovery."""

SOUND = "data/conversations/call-1/recording-1.ogg"
OTHER_SOUND = "data/conversations/call-2/recording-2.ogg"
RECORD = "data/conversations/call-1/recording-1.recording.json"
CHAT = "data/conversations/chat-1/transcript-chat-1.json"
THREAD = "data/conversations/thread-1"
DESCRIBED = "data/conversations/call-1/conversation.json"


def found(package: Memory) -> Report:
    report = verify_package(package)
    assert not report.holds
    assert report.exit_code == 3
    return report


def test_a_package_that_nobody_touched_holds(package: Memory, authority: Authority) -> None:
    report = verify_package(package)
    assert report.holds, report.sentence
    assert report.exit_code == 0
    assert {each.check for each in report.findings} >= {Check.HASHES, Check.LEDGER, Check.TIMESTAMP, Check.ATTESTATION}
    assert [each.check for each in report.findings if each.verdict is Verdict.UNPROVEN] == [Check.TRUST]
    assert report.root == hashlib.sha256(package.kept[bag.TAG_MANIFEST]).hexdigest()
    log_key = package.kept[places.LOG_KEYS].decode().strip()
    trusted = verify_package(package, Trust(key=KEY.public_key(), roots=authority.roots, log_keys=(log_key,)))
    assert {each.verdict for each in trusted.findings} == {Verdict.HOLDS}


def test_every_flipped_bit_of_a_sample_is_found(package: Memory) -> None:
    chosen = random.Random(20231105)
    tried = 0
    for path, content in sorted(package.kept.items()):
        for bit in chosen.sample(range(len(content) * 8), min(FLIPS, len(content) * 8)):
            spoilt = bytearray(content)
            spoilt[bit // 8] ^= 1 << bit % 8
            package.kept[path] = bytes(spoilt)
            report = verify_package(package, first_only=True)
            assert not report.holds, (path, bit)
            assert report.failures[0].file, (path, bit)
            tried += 1
        package.kept[path] = content
    assert tried >= 800
    assert verify_package(package).holds


def test_every_cut_of_a_sample_is_found(small: Memory) -> None:
    step = sum(map(len, small.kept.values())) // CUTS
    for path, content in sorted(small.kept.items()):
        for size in {*range(0, len(content), step), len(content) - 1}:
            small.kept[path] = content[:size]
            assert not verify_package(small, first_only=True).holds, (path, size)
        small.kept[path] = content
    assert verify_package(small).holds


def test_every_file_that_is_dropped_renamed_or_added_is_found(package: Memory) -> None:
    for path, content in sorted(package.kept.items()):
        del package.kept[path]
        assert path in found(package).sentence
        package.kept[f"{path}.old"] = content
        told = found(package).sentence
        assert path in told
        del package.kept[f"{path}.old"]
        package.kept[path] = content
    for path in (
        "extra.txt",
        "data/extra.txt",
        "data/conversations/call-1/extra.ogg",
        "attestation/extra",
        "keys/x.pem",
    ):
        package.kept[path] = b"extra"
        assert f"{path} was added" in found(package).sentence
        del package.kept[path]


def test_every_pair_of_a_sample_that_is_swapped_is_found(package: Memory) -> None:
    paths = sorted(package.kept)
    chosen = random.Random(7)
    for _ in range(150):
        one, other = chosen.sample(paths, 2)
        if package.kept[one] != package.kept[other]:
            package.kept[one], package.kept[other] = package.kept[other], package.kept[one]
            assert found(package).failures[0].file
            package.kept[one], package.kept[other] = package.kept[other], package.kept[one]


def swap(package: Memory) -> None:
    package.kept[SOUND], package.kept[OTHER_SOUND] = package.kept[OTHER_SOUND], package.kept[SOUND]


def rename(package: Memory) -> None:
    package.kept["data/elsewhere.ogg"] = package.kept.pop(SOUND)


def flip(package: Memory) -> None:
    content = package.kept[SOUND]
    package.kept[SOUND] = content[:999] + bytes([content[999] ^ 1]) + content[1000:]


SPOILT: list[tuple[Callable[[Memory], object], str]] = [
    (swap, f"{SOUND} holds the content of {OTHER_SOUND}, with which it was swapped."),
    (rename, f"{SOUND} was renamed to data/elsewhere.ogg."),
    (flip, f"{SOUND} was changed or cut: {bag.MANIFEST} has the SHA-256 "),
    (lambda package: package.kept.pop(SOUND), f"{SOUND} is missing, and its manifest names it."),
    (lambda package: package.kept.update({"data/x": b""}), "data/x was added: no manifest names it."),
    (lambda package: package.kept.pop(bag.BAGIT), "bagit.txt is missing."),
    (lambda package: package.kept.pop(places.TAG_MANIFEST_TOKEN), "is missing, and bag-info.txt tells of it."),
    (lambda package: package.kept.pop(places.ATTESTATION), "is missing: nothing shows who made the package."),
]


@pytest.mark.parametrize(("spoil", "told"), SPOILT)
def test_what_is_wrong_is_one_sentence(package: Memory, spoil: Callable[[Memory], object], told: str) -> None:
    spoil(package)
    assert told in found(package).sentence


def test_what_was_expected_and_found_is_told(package: Memory) -> None:
    expected = hashlib.sha256(package.kept[SOUND]).hexdigest()
    flip(package)
    finding = found(package).failures[0]
    actual = hashlib.sha256(package.kept[SOUND]).hexdigest()
    assert (finding.file, finding.expected, finding.found) == (SOUND, expected, actual)


def remove_call(package: Memory) -> None:
    """Take a call out of everything that names it, and count again."""
    for path in [path for path in package.kept if "call-2" in path]:
        del package.kept[path]
    for path in (places.DAT, places.EDRM, places.OPT, places.PROOFS, places.LOG_CSV, places.LOG_JSON):
        lines = package.kept[path].split(b"\n")
        gone = (b"SL00000002", b"call-2", b"recording-2")
        package.kept[path] = b"\n".join(line for line in lines if not any(each in line for each in gone))


def test_a_chain_of_manifests_that_was_rewritten_is_found_by_timestamp_and_attestation_alone(package: Memory) -> None:
    remove_call(package)
    rewrite(package)
    report = found(package)
    anchors = {Check.TIMESTAMP, Check.ATTESTATION}
    bags = {Check.PACKAGE, Check.MANIFESTS, Check.FILES, Check.HASHES}
    failed = {each.check for each in report.failures}
    assert anchors <= failed
    assert not failed & bags
    assert any(each.file == bag.TAG_MANIFEST and each.check is Check.ATTESTATION for each in report.failures)
    for path in places.ANCHORS:
        del package.kept[path]
    rewrite(package)
    assert any("nothing shows who made the package" in each.sentence for each in found(package).failures)


def test_one_who_signs_anew_with_another_key_is_found_by_who_knows_the_key(facts: Sample, authority: Authority) -> None:
    forged, _ = made(replace(facts, export=replace(facts.export, reason="forged")), authority, OTHER_KEY)
    alone = verify_package(forged)
    assert alone.holds
    trust = next(each for each in alone.findings if each.check is Check.TRUST)
    assert trust.verdict is Verdict.UNPROVEN
    assert attestations.fingerprint(OTHER_KEY.public_key()) in trust.sentence
    told = verify_package(forged, Trust(key=KEY.public_key()))
    assert [each.check for each in told.failures] == [Check.ATTESTATION]


def test_one_who_stamps_with_an_authority_of_his_own_is_found_by_who_knows_the_authority(
    facts: Sample, authority: Authority, tmp_path: Path
) -> None:
    forged, _ = made(facts, make_authority(tmp_path / "own", "Own Time"))
    assert verify_package(forged).holds
    told = verify_package(forged, Trust(roots=authority.roots))
    assert [each.check for each in told.failures] == [Check.TIMESTAMP, Check.TIMESTAMP]


def test_a_package_of_another_organization_is_refused(package: Memory) -> None:
    report = verify_package(package, Trust(organization_id="another"))
    assert "not of another" in report.sentence


def resigned(package: Memory) -> Memory:
    """A package that its own maker signs anew, after something in it was changed: only what it says of itself can tell."""
    rewrite(package)
    root = hashlib.sha256(package.kept[bag.TAG_MANIFEST]).hexdigest()
    former = attestations.read_statement(package.kept[places.ATTESTATION])
    attested = attestations.attest(attestations.Statement({bag.TAG_MANIFEST: root}, former.predicate), KEY)
    package.kept[places.ATTESTATION] = attested.envelope
    package.kept[places.ATTESTATION_SIGNED] = attested.signed
    package.kept[places.ATTESTATION_SIGNATURE] = attested.signature
    return package


@pytest.fixture
def unstamped(facts: Sample) -> Memory:
    return made(facts)[0]


def edit(package: Memory, path: str, change: Callable[[dict[str, Any]], object]) -> None:
    value = json.loads(package.kept[path])
    change(value)
    package.kept[path] = f"{json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)}\n".encode()


def test_without_a_timestamp_it_is_said_that_nothing_shows_when(unstamped: Memory) -> None:
    report = verify_package(unstamped)
    assert report.holds
    assert Check.TIMESTAMP in {each.check for each in report.findings if each.verdict is Verdict.UNPROVEN}
    assert verify_package(resigned(unstamped)).holds


CONTRADICTIONS: list[tuple[Callable[[Memory], object], Check, str]] = [
    (lambda package: package.kept.update({RECORD: b"{"}), Check.SCHEMAS, "is no JSON"),
    (lambda package: edit(package, RECORD, lambda value: value.update(number=None)), Check.SCHEMAS, "null"),
    (
        lambda package: edit(package, RECORD, lambda value: value["metadata"].update(queue_id="q")),
        Check.MEDIA,
        "not those of its last revision",
    ),
    (
        lambda package: edit(package, RECORD, lambda value: value["revisions"][0].update(digest="0" * 64)),
        Check.MEDIA,
        "its revision 1 is not the one that was chained",
    ),
    (
        lambda package: edit(package, RECORD, lambda value: value["offsets"].reverse()),
        Check.MEDIA,
        "offset",
    ),
    (
        lambda package: edit(package, DESCRIBED, lambda value: value["documents"][0].update(sha256="0" * 64)),
        Check.MEDIA,
        f"says that {SOUND} has the SHA-256 {'0' * 64}",
    ),
    (
        lambda package: edit(package, places.EXPORT, lambda value: value["counts"].update(recordings=7)),
        Check.COUNTS,
        "expects 7 recordings, and the package has 2",
    ),
    (
        lambda package: edit(
            package,
            places.EXPORT,
            lambda value: value["exclusions"][0].update(id="recording-1"),
        ),
        Check.COUNTS,
        "lists it as left out",
    ),
    (remove_call, Check.COUNTS, "expects 4 conversations, and the package has 3"),
    (remove_call, Check.COUNTS, "SL00000002 is missing"),
    (lambda package: cut_lines(package, places.DAT), Check.LOAD_FILES, "export.dat lists 4 documents"),
    (lambda package: cut_lines(package, places.OPT), Check.LOAD_FILES, "export.opt lists 4 documents"),
    (lambda package: cut_lines(package, places.LOG_JSON, 3), Check.LOG, "export-log.jsonl lists"),
    (lambda package: cut_lines(package, places.LOG_CSV, 3), Check.LOG, "export-log.csv lists"),
    (
        lambda package: put(package, places.EDRM, b'FileName="recording-1.ogg"', b'FileName="recording-2.ogg"'),
        Check.LOAD_FILES,
        "document SL00000001 is",
    ),
    (
        lambda package: put(package, places.EDRM, b"<Root ", b"<!DOCTYPE a><Root "),
        Check.LOAD_FILES,
        "document type",
    ),
    (lambda package: put(package, places.EDRM, b"</Root>\n", b""), Check.LOAD_FILES, "cut short"),
    (lambda package: cut_lines(package, places.PROOFS, 2), Check.LEDGER, "has no proof"),
    (lambda package: package.kept.update({places.PROOFS: package.kept[places.PROOFS][:-1]}), Check.LEDGER, "cut short"),
    (lambda package: put(package, places.PROOFS, b'"index":0', b'"index":-1'), Check.LEDGER, "schemas/proof.json"),
    (
        lambda package: edit(
            package, RECORD, lambda value: value["offsets"][0].update({"from": "2023-13-05T06:59:59.000Z"})
        ),
        Check.SCHEMAS,
        "cannot be understood",
    ),
    (lambda package: put(package, places.PROOFS, b"recording-1", b"recording-8"), Check.LEDGER, "line 2"),
    (lambda package: put(package, places.CHECKPOINT, b"\n5\n", b"\n6\n"), Check.LEDGER, "the text was changed"),
    (lambda package: package.kept.update({SOUND: package.kept[SOUND][:-30]}), Check.MEDIA, "page"),
    (lambda package: cut_lines(package, places.PROOFS, 3), Check.LEDGER, f"{CHAT} has no proof"),
    (lambda package: put(package, CHAT, b"Hello", b"Hallo"), Check.MEDIA, "its message m-1 does not follow"),
    (lambda package: put(package, CHAT, b"Hello", b"Hallo"), Check.MEDIA, "message m-1 does not say what"),
    (lambda package: put(package, CHAT, b"Hello", b"Hallo"), Check.MEDIA, f"says that {CHAT} has the SHA-256"),
    (lambda package: package.kept.pop(CHAT), Check.MEDIA, f"describes {CHAT}, which the package does not have"),
    (
        lambda package: put(package, f"{THREAD}/mail-1.eml", b"Please.", b"Cease.."),
        Check.MEDIA,
        "the e-mail mail-1 is not the one that was sealed",
    ),
    (
        lambda package: package.kept.pop(CHAT.replace(".json", ".recording.json")),
        Check.COUNTS,
        "has no .recording.json that describes it",
    ),
    (
        lambda package: put(package, "data/conversations/chat-1/messages.rsmf", b"UEsD", b"UEsE"),
        Check.MEDIA,
        "messages.rsmf is no RSMF file that can be read",
    ),
]


@pytest.mark.parametrize(("spoil", "check", "told"), CONTRADICTIONS)
def test_what_contradicts_itself_is_found_though_it_is_signed(
    unstamped: Memory, spoil: Callable[[Memory], object], check: Check, told: str
) -> None:
    spoil(unstamped)
    report = found(resigned(unstamped))
    assert any(each.check is check and told in each.sentence for each in report.failures), report.failures


def cut_lines(package: Memory, path: str, line: int = -1) -> None:
    lines = package.kept[path].splitlines(keepends=True)
    package.kept[path] = b"".join(each for number, each in enumerate(lines) if number != line % len(lines))


def put(package: Memory, path: str, old: bytes, new: bytes) -> None:
    assert old in package.kept[path]
    package.kept[path] = package.kept[path].replace(old, new, 1)


def test_an_entry_that_was_sealed_as_another_sound_is_found() -> None:
    """The maker of the package cannot change a recording and all that describes it: the ledger knows its first hash."""
    honest, other = sample(calls=1, digital=False), sample(calls=1, digital=False, seconds=0.5)
    proofs = honest.listed[0].recordings[0].proofs
    forged_leg = replace(other.listed[0].recordings[0], proofs=proofs)
    forged = replace(other, export=replace(other.export, ledger=honest.export.ledger))
    package, _ = made(replace(forged, listed=(replace(other.listed[0], recordings=(forged_leg,)),)))
    assert "was sealed with the SHA-256" in found(package).sentence


def test_a_zip_is_read_also_when_the_package_is_in_its_folder(package: Memory, tmp_path: Path) -> None:
    for root in ("", "export-1/"):
        path = tmp_path / f"{len(root)}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in package.kept.items():
                archive.writestr(root + name, content)
        assert verify_package(path).holds
    content = path.read_bytes()
    for size in range(0, len(content), len(content) // 100):
        cut = tmp_path / "cut.zip"
        cut.write_bytes(content[:size])
        with pytest.raises(PackageUnreadable, match="no whole ZIP"):
            verify_package(cut)


def test_a_bucket_is_read_as_a_folder_is(package: Memory, tmp_path: Path) -> None:
    folder = package.write(tmp_path / "package")
    reader = BucketReader("s3://here/package", LocalStore(str(folder)))
    assert verify_package(reader).holds
    assert verify_package(folder.as_uri()).holds
    (folder / SOUND).write_bytes(b"")
    assert SOUND in verify_package(reader).sentence
    with pytest.raises(PackageUnreadable, match="names no place of a package"):
        verify_package("nowhere://bucket/package")


def test_a_link_is_no_file_of_a_package(package: Memory, tmp_path: Path) -> None:
    folder = package.write(tmp_path)
    (folder / "data" / "link").symlink_to("/etc/hostname")
    with pytest.raises(PackageUnreadable, match="is a link"):
        verify_package(folder)


@pytest.mark.parametrize("line", ["../../etc/passwd", "/etc/passwd", "data//x", "data/./x", "data/x\\..\\y"])
def test_a_manifest_cannot_lead_out_of_the_package(small: Memory, line: str) -> None:
    small.kept[bag.MANIFEST] += f"{'0' * 64}  {line}\n".encode()
    assert "leads out of the package" in found(small).sentence


def test_nothing_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(PackageUnreadable, match="nothing at"):
        verify_package(tmp_path)
    with pytest.raises(PackageUnreadable, match="no package at"):
        verify_package(tmp_path / "missing")
    (tmp_path / "a.txt").write_text("a")
    assert "bagit.txt is missing" in verify_package(tmp_path).sentence
