"""The pages of the codes, for whoever is signed in; and how an installed package finds them."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant, serve

from shiftline.access.endpoints import ROUTES
from shiftline.access.operations import reasons
from shiftline.foundation.database import Database

ROOT = Path(__file__).parents[3]
PAGES = "/api/v2/shiftline/access/reasons"


async def test_the_page_of_a_code(tenant: Tenant, database: Database, context: SettableContext) -> None:
    ann = await tenant.person("ann")  # who holds nothing
    async with serve(database, context.clock, ROUTES) as api:

        async def ask(code: str) -> Any:
            return await api.call("GET", f"{PAGES}/{code}", tenant.tokens[ann.id])

        page = (await ask("permission.missing")).json()
        assert page["code"] == "permission.missing"
        assert page["title"] == "The permission is missing"
        assert page["text"] == (ROOT / "docs/why/permission.missing.md").read_text()
        for wrong, near in (
            ("permission.mising", "permission.missing"),
            ("status.interacting", "status.INTERACTING"),
            ("token.x", "token.valid"),
        ):
            refused = await ask(wrong)
            assert refused.status_code == 404
            assert near in refused.json()["message"], refused.json()
        assert (await ask("..%2f..%2fREADME")).status_code == 404
        assert (await api.client.get(f"{PAGES}/permission.missing")).status_code == 401


async def test_the_pages_are_found_by_their_words(tenant: Tenant, database: Database, context: SettableContext) -> None:
    ann = await tenant.person("ann")
    async with serve(database, context.clock, ROUTES) as api:

        async def find(words: str) -> dict[str, Any]:
            answer = await api.call("GET", f"{PAGES}?q={words}", tenant.tokens[ann.id])
            return {each["code"]: each for each in answer.json()["entities"]}

        assert list(await find("")) == sorted(file.stem for file in (ROOT / "docs/why").glob("*.md"))
        found = await find("PUBLISHED%20shift")
        assert {"shift.outside", "shift.within"} <= found.keys() < (await find("")).keys()
        assert found["shift.outside"]["title"] == "Outside of every published shift"
        assert found["shift.outside"]["effect"] == "it refuses (asked for: connect, receive)."
        assert all(each["effect"] for each in (await find("")).values())
        assert await find("published%20nonsense") == {}
        assert (await api.client.get(PAGES)).status_code == 401


def test_a_wheel_holds_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the build puts beside the package is where an installed one looks."""
    monkeypatch.setitem(
        sys.modules, "hatchling.builders.hooks.plugin.interface", SimpleNamespace(BuildHookInterface=object)
    )
    monkeypatch.syspath_prepend(str(ROOT))
    from hatch_build import WholeWheel  # type: ignore[import-not-found]

    hook, data = WholeWheel(), {"force_include": dict[str, str]()}
    hook.root = str(ROOT)

    def is_there(_: Path) -> bool:
        return True  # the page may not be built where tests run

    monkeypatch.setattr(Path, "is_file", is_there)
    hook.initialize("standard", data)
    package = Path(reasons.__file__).parents[2]
    assert data["force_include"]["docs/why"] == f"{package.name}/{reasons.PACKAGED}"
