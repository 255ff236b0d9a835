"""Why, attempts and the client's log, asked as nobody should ask: a sentence that names the field, never an error of ours."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from tests.store.conftest import Api, Tenant, serve

from shiftline.access.endpoints import ROUTES
from shiftline.foundation.web.errors import ErrorBody

WHY = "/api/v2/shiftline/access/why"
ATTEMPTS = "/api/v2/shiftline/access/attempts"
TRACE = "/api/v2/diagnostics/trace"


@pytest.fixture
async def api(tenant: Tenant) -> AsyncGenerator[Api]:
    async with serve(tenant.context.database, tenant.context.clock, ROUTES) as serving:
        yield serving


async def ask(api: Api, tenant: Tenant, path: str) -> Any:
    token = next(iter(tenant.tokens.values()))
    return await api.call("GET", path, token)


@pytest.mark.parametrize(
    "instant",
    [
        "2023-10-27T06:00:00",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00%2B12:00",
        "0001-01-01T00:00:00Z",
        "now",
        "",
    ],
)
@pytest.mark.parametrize(("path", "field"), [(WHY, "at"), (ATTEMPTS, "from"), (ATTEMPTS, "to")])
async def test_an_instant_that_is_none_is_refused_by_name(
    api: Api, tenant: Tenant, path: str, field: str, instant: str
) -> None:
    answer = await ask(api, tenant, f"{path}?{field}={instant}")
    assert answer.status_code == 400, answer.text
    assert [detail["fieldName"] for detail in answer.json()["details"]] == [field]
    assert set(ErrorBody.__struct_encode_fields__) >= set(answer.json())


async def test_a_past_instant_with_an_offset_is_answered(api: Api, tenant: Tenant) -> None:
    answer = await ask(api, tenant, f"{WHY}?at=2001-10-27T06:00:00-05:00")
    assert answer.json()["evaluated_at"] == "2001-10-27T11:00:00.000Z"


async def test_a_client_log_with_a_nul_is_kept(api: Api, tenant: Tenant) -> None:
    token = next(iter(tenant.tokens.values()))
    assert (await api.call("POST", TRACE, token, {"a\0b": ["c\0d", {"authKey": "e"}]})).status_code == 204
    decided = (await ask(api, tenant, WHY)).json()
    kept = (await ask(api, tenant, f"/api/v2/shiftline/access/decisions/{decided['decision_id']}")).json()
    assert [{key: value for key, value in each.items() if key != "at"} for each in kept["client_log"]] == [
        {"a\N{REPLACEMENT CHARACTER}b": ["c\N{REPLACEMENT CHARACTER}d", {"authKey": "[redacted]"}]}
    ]
