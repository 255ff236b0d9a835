"""Somebody brings a package to the server, which tells what it knows of it, as the command does."""

import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.conftest import SettableContext
from tests.store.conftest import Tenant
from tests.unit.discovery.sample import KEY, Memory, made, sample

from shiftline.discovery import places
from shiftline.discovery.anchors.attestations import public_pem
from shiftline.discovery.inspection import operations
from shiftline.discovery.inspection.endpoints import ROUTES
from shiftline.foundation.context import Actor
from shiftline.foundation.database import Database
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.operations.tokens import authenticate

PATH = "/api/v2/shiftline/packages/verifications"


@pytest.fixture(scope="module")
def package() -> Memory:
    return made(sample(calls=1, seconds=0.1))[0]


def zipped(package: Memory) -> bytes:
    made_of = io.BytesIO()
    with zipfile.ZipFile(made_of, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in package.files():
            archive.writestr(path, b"".join(package.read(path)))
    return made_of.getvalue()


@dataclass
class Counter:
    """Where packages are brought."""

    client: httpx.AsyncClient
    tenant: Tenant

    async def bring(self, content: bytes | AsyncIterator[bytes], who: str = "admin-1", status: int = 200) -> Any:
        headers = {"Authorization": f"Bearer {self.tenant.tokens[who]}", "Content-Type": "application/zip"}
        answer = await self.client.post(f"{PATH}?name=evidence.zip", content=content, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
async def counter(tenant: Tenant, context: SettableContext, database: Database) -> AsyncIterator[Counter]:
    async def who(token: str) -> Actor:
        return await authenticate(database, context.clock, token)

    options = WebOptions("localhost")
    app: Any = build(ROUTES, database=database, clock=context.clock, authenticate=who, options=options)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://api.localhost") as client:
        yield Counter(client, tenant)


def verdicts(report: Any, check: str) -> set[str]:
    return {each["verdict"] for each in report["findings"] if each["check"] == check}


async def test_a_package_of_another_organization_is_whole_and_said_to_be_theirs(
    counter: Counter, package: Memory
) -> None:
    report = await counter.bring(zipped(package))
    assert (report["package"], report["holds"]) == ("evidence.zip", False)
    assert report["sentence"].startswith("The package is of the organization")
    assert verdicts(report, "hashes") | verdicts(report, "counts") <= {"holds"}


def test_the_key_that_signed_it_is_ours_also_when_a_newer_one_signs_now(package: Memory) -> None:
    size = package.files()[places.ATTESTATION_KEY]
    old = public_pem(KEY.public_key())
    new = public_pem(Ed25519PrivateKey.generate().public_key())
    for signers, chosen in (([new, old], old), ([new], new)):
        key = operations.signing_key(package, size, signers)
        assert key is not None
        assert public_pem(key) == chosen
    assert operations.signing_key(package, size, []) is None, "its own word is all there is"


async def test_a_flipped_bit_is_named_with_its_file(counter: Counter, package: Memory) -> None:
    spoiled = package.copy()
    path = next(each for each in spoiled.files() if each.endswith(".ogg"))
    content = bytearray(b"".join(spoiled.read(path)))
    content[len(content) // 2] ^= 1
    spoiled.kept[path] = bytes(content)
    report = await counter.bring(zipped(spoiled))
    assert report["holds"] is False
    assert path in report["sentence"]
    assert report["findings"][0]["file"] == path


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"{}"], ids=["nothing", "cut", "json"])
async def test_what_is_no_package_is_told_so(counter: Counter, content: bytes) -> None:
    refused = await counter.bring(content, status=400)
    assert refused["code"] == "package.unreadable"
    assert "shiftline-package-" not in refused["message"], "where the server keeps things is nobody's business"


async def test_too_much_is_refused_before_it_is_read(
    counter: Counter, package: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = zipped(package)
    monkeypatch.setattr(operations, "MOST_BYTES", len(content) - 1)
    assert (await counter.bring(content, status=400))["code"] == "package.too.large"

    async def unannounced() -> AsyncIterator[bytes]:
        yield content[:1000]
        yield content[1000:]

    assert (await counter.bring(unannounced(), status=400))["code"] == "package.too.large"
    monkeypatch.setattr(operations, "MOST_BYTES", len(content))
    monkeypatch.setattr(operations, "MOST_UNPACKED", 10)
    refused = await counter.bring(content, status=400)
    assert "shiftline verify" in refused["message"]


async def test_who_may_not_is_told_the_permission(counter: Counter, package: Memory) -> None:
    await counter.tenant.person("Nobody", person_id="nobody")
    refused = await counter.bring(zipped(package), who="nobody", status=403)
    assert "discovery:package:verify" in refused["message"]
