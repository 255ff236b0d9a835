"""A queue's bullseye in the vendor's shape, and which web pages may call it, over HTTP; a queue in use is not deleted."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.store.conftest import Api, serve
from tests.store.routing.floor import Floor

from shiftline.routing.endpoints import ROUTES
from shiftline.routing.model.skills import SkillDraft
from shiftline.routing.operations.interactions import withdraw_in

QUEUES = "/api/v2/routing/queues"


@pytest.fixture
async def api(floor: Floor) -> AsyncIterator[Api]:
    async with serve(floor.context.database, floor.context.clock, ROUTES) as api:
        yield api


@pytest.fixture
def admin(floor: Floor) -> str:
    return floor.tenant.tokens["admin-1"]


def ring(seconds: float, *skill_ids: str) -> dict[str, Any]:
    """A ring as the vendor's clients send it."""
    return {
        "expansionCriteria": [{"type": "TIMEOUT_SECONDS", "threshold": seconds}],
        "actions": {"skillsToRemove": [{"id": each, "name": each} for each in skill_ids]},
    }


async def test_bullseye_and_web_calls_come_back_as_they_were_sent(floor: Floor, api: Api, admin: str) -> None:
    await floor.skill(SkillDraft("Sales", id="sales"))
    body = {
        "name": "Voice",
        "bullseye": {"rings": [ring(12.5, "sales"), {"expansionCriteria": ring(5)["expansionCriteria"]}]},
        "webCalls": {"enabled": True, "allowedOrigins": ["https://shop.example", "http://localhost:8080"]},
    }
    made = await api.call("POST", QUEUES, admin, body)
    assert made.status_code == 200, made.text
    queue = (await api.call("GET", f"{QUEUES}/{made.json()['id']}", admin)).json()
    first, second = queue["bullseye"]["rings"]
    assert first == {
        "expansionCriteria": [{"type": "TIMEOUT_SECONDS", "threshold": 12.5}],
        "actions": {"skillsToRemove": [{"id": "sales", "selfUri": "/api/v2/routing/skills/sales"}]},
    }
    assert second["expansionCriteria"] == [{"type": "TIMEOUT_SECONDS", "threshold": 5.0}]
    assert queue["webCalls"] == body["webCalls"]
    again = await api.call("PUT", f"{QUEUES}/{queue['id']}", admin, queue)
    assert again.json()["dateModified"] == queue["dateModified"], "what was read and sent back changes nothing"
    plain = await api.call("PUT", f"{QUEUES}/{queue['id']}", admin, {"name": "Voice"})
    assert "bullseye" not in plain.json()
    assert plain.json()["webCalls"]["enabled"] is False


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"bullseye": {"rings": [ring(5, "unheard")]}}, "bullseye.rings[0].actions.skillsToRemove[0].id"),
        ({"bullseye": {"rings": [ring(-1)]}}, "bullseye.rings[0].expansionCriteria[0].threshold"),
        ({"bullseye": {"rings": [{"expansionCriteria": []}]}}, "bullseye.rings[0].expansionCriteria"),
        ({"bullseye": {"rings": [ring(5)] * 7}}, "bullseye.rings"),
        ({"webCalls": {"enabled": True, "allowedOrigins": ["shop.example"]}}, "webCalls.allowedOrigins[0]"),
    ],
)
async def test_a_wrong_field_is_refused_by_name(api: Api, admin: str, more: dict[str, Any], field: str) -> None:
    answer = await api.call("POST", QUEUES, admin, {"name": "Voice", **more})
    assert answer.status_code == 400, answer.text
    assert field in answer.text


async def test_a_queue_in_which_somebody_waits_is_not_deleted(floor: Floor, api: Api, admin: str) -> None:
    queue_id = await floor.queue("Voice")
    await floor.call(queue_id)
    refused = await api.call("DELETE", f"{QUEUES}/{queue_id}", admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "queue.in.use")
    await floor.do(withdraw_in, "call-1", "abandoned")
    assert (await api.call("DELETE", f"{QUEUES}/{queue_id}", admin)).status_code == 204
