"""The vendor's unmodified softphone SDK against the whole product."""

import pytest

from e2e.stage import Demo, Softphone

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("softphone")]


async def roles_of(demo: Demo, user_id: str) -> list[str]:
    async with demo.admin() as admin:
        answer = await admin.get(f"/api/v2/authorization/subjects/{user_id}")
        return [grant["role"]["id"] for grant in answer.json()["grants"]]


async def test_the_sdk_becomes_ready(demo: Demo, softphone: Softphone) -> None:
    assert await softphone.begin(demo.agent()["accessToken"]) == "ready"
    assert "ready" in await softphone.seen()
