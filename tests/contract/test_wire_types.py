"""The page's types of the wire are those of the document that this server gives out."""

import re
import subprocess
from pathlib import Path

import pytest

from shiftline.apps.openapi import document

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
TYPES = WEB / "src/wire/openapi.ts"
# Asked for at an address that the server gave, not at a path that the page knows.
BY_ADDRESS = {("get", "/shiftline/calls/whip/{}/{}"), ("get", "/shiftline/messaging/conversations/{}/attachments/{}")}


@pytest.mark.skipif(
    not (WEB / "node_modules/openapi-typescript").is_dir(),
    reason="the page's packages are not installed: scripts/build-web",
)
def test_the_types_are_those_of_the_document() -> None:
    """``npm run wire`` renews them."""
    command = [ROOT / "scripts/npm", "--prefix", WEB, "run", "--silent", "wire:print"]
    printed = subprocess.run(command, input=document(), capture_output=True, text=True, check=True)
    assert printed.stdout == TYPES.read_text(), "scripts/npm --prefix web run wire"


def test_what_the_page_calls_is_what_it_has_types_for() -> None:
    """Each path that the page's sources name is one of a generated operation, and the other way round."""
    calls = re.compile(r"api\s*\.(get|blob|post|upload|put|patch|delete)(?:<[^(]*>)?\(\s*['`](/[^'`?]*)")
    called = {
        ({"blob": "get", "upload": "post"}.get(method, method), re.sub(r"\$\{[^}]*\}", "{}", path))
        for source in (WEB / "src").rglob("*.ts*")
        if ".test." not in source.name
        for method, path in calls.findall(source.read_text())
    }
    typed = {
        (method, re.sub(r"\{[^}]*\}", "{}", path))
        for path, item in re.findall(
            r'^    "/api/v2([^"]*)": \{$(.*?)^    \};$', TYPES.read_text(), re.MULTILINE | re.DOTALL
        )
        for method in re.findall(r"^        (get|post|put|patch|delete): operations", item, re.MULTILINE)
    }
    assert called | BY_ADDRESS == typed
