"""The package's own instructions, run as opposing counsel would: bagit.py, sha256sum, openssl."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.discovery.sample import Memory, Sample, made, rewrite

from shiftline.discovery import bag, places
from shiftline.discovery.package.instructing import COMMANDS
from shiftline.discovery.verification.verifying import verify_package

SOUND = "data/conversations/call-1/recording-1.ogg"
BAGIT, SUMS, TAG_SUMS, TOKEN, TAG_TOKEN, SIGNATURE, NAMED = COMMANDS


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def failing(folder: Path) -> set[str]:
    return {command for command in COMMANDS if run(command, folder).returncode != 0}


def test_every_command_holds_and_the_script_runs_them_all(package: Memory, tmp_path: Path) -> None:
    folder = package.write(tmp_path)
    assert failing(folder) == set()
    ran = run(f"sh {places.VERIFY}", folder)
    assert ran.returncode == 0, ran.stderr
    fingerprint = re.findall(r"[0-9a-f]{64}", ran.stdout)
    readme = package.kept[places.README].decode()
    assert len(fingerprint) == 1
    assert f"It was {fingerprint[0]} when" in readme
    assert all(command in readme for command in COMMANDS)


def test_without_an_authority_the_script_asks_for_none(facts: Sample, tmp_path: Path) -> None:
    folder = made(facts)[0].write(tmp_path)
    assert run(f"sh {places.VERIFY}", folder).returncode == 0
    assert "openssl ts" not in (folder / places.VERIFY).read_text()


def flip(package: Memory, path: str = SOUND) -> None:
    content = package.kept[path]
    package.kept[path] = bytes([content[0] ^ 1]) + content[1:]


def drop_with_its_manifests(package: Memory) -> None:
    del package.kept[SOUND]
    rewrite(package)


SPOILT: list[tuple[Callable[[Memory], object], set[str]]] = [
    (flip, {BAGIT, SUMS}),
    (lambda package: package.kept.update({SOUND: package.kept[SOUND][:-1]}), {BAGIT, SUMS}),
    (lambda package: package.kept.pop(SOUND), {BAGIT, SUMS}),
    (lambda package: package.kept.update({"data/extra": b"x"}), {BAGIT}),
    (lambda package: flip(package, places.CERTIFICATE_PDF), {BAGIT, TAG_SUMS}),
    (lambda package: flip(package, places.ATTESTATION_SIGNATURE), {SIGNATURE}),
    (drop_with_its_manifests, {TOKEN, TAG_TOKEN, NAMED}),
]


@pytest.mark.parametrize(
    ("spoil", "expected"), SPOILT, ids=["a bit", "a cut", "missing", "added", "certificate", "signature", "rewritten"]
)
def test_who_sees_what(package: Memory, tmp_path: Path, spoil: Callable[[Memory], object], expected: set[str]) -> None:
    spoil(package)
    folder = package.write(tmp_path)
    assert failing(folder) == expected
    assert run(f"sh {places.VERIFY}", folder).returncode != 0
    assert not verify_package(folder).holds


def test_the_hash_in_the_certificate_is_what_sha256sum_says(package: Memory, tmp_path: Path) -> None:
    folder = package.write(tmp_path)
    said = run(f"sha256sum {bag.MANIFEST}", folder).stdout[:64]
    assert said == hashlib.sha256(package.kept[bag.MANIFEST]).hexdigest()
    assert said in package.kept[places.CERTIFICATE_HTML].decode()
