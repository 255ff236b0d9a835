"""Bodies are read strictly, and what is wrong is named where it stands."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

import httpx
import pytest
from litestar import Litestar, get, post
from litestar.params import Body, Parameter
from msgspec import Meta

from shiftline.foundation.clock import Clock
from shiftline.foundation.web.bodies import StrictRequest
from shiftline.foundation.web.errors import handle
from shiftline.foundation.web.wire import Instant, Wire


class Thing(Wire, kw_only=True):
    version: int
    at: Instant | None = None
    name: str | None = None


Few: TypeAlias = Annotated[list[Thing], Meta(min_length=1, max_length=2)]


@post("/one", status_code=200)
async def one(data: Thing) -> Thing:
    return data


@post("/many", status_code=200)
async def many(data: Annotated[list[Thing], Body(max_items=2)]) -> int:
    return len(data)


@post("/few", status_code=200)
async def few(data: Few) -> int:
    return len(data)


@get("/sized")
async def sized(
    how_many: Annotated[int, Parameter(query="pageSize", ge=1)] = 1,
    order: Annotated[Literal["up", "down"] | None, Parameter(query="sortOrder")] = None,
    at: datetime | None = None,
) -> int:
    del order, at
    return how_many


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = Litestar([one, many, few, sized], request_class=StrictRequest, exception_handlers={Exception: handle})
    app.state.clock = Clock()
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/one", b'{"version": "1"}', "version"),
        ("/one", b'{"version": 1, "at": 1698404400}', "at"),
        ("/one", b'{"version": 1, "at": "2023-10-27T06:00:00"}', "at"),
        ("/one", b'{"version": 1, "name": 5}', "name"),
        ("/one", b'{"name": "x"}', "version"),
        ("/one", b"[]", "body"),
        ("/one", b"null", "body"),
        ("/many", b'[{"version": 1}, {"version": true}]', "[1].version"),
        ("/many", b'[{"version": 1}, {"version": 1}, {"version": 1}]', "body"),
        ("/few", b'[{"version": 1}, {"version": 1}, {"version": 1}]', "body"),
        ("/few", b"[]", "body"),
    ],
)
async def test_what_is_wrong_is_named(client: httpx.AsyncClient, path: str, body: bytes, field: str) -> None:
    answer = await client.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    details: list[dict[str, Any]] = answer.json()["details"]
    assert [each["fieldName"] for each in details] == [field]


@pytest.mark.parametrize("wrong", ["0", "x"])
async def test_a_parameter_is_named_as_it_was_sent(client: httpx.AsyncClient, wrong: str) -> None:
    answer = await client.get("/sized", params={"pageSize": wrong})
    assert [each["fieldName"] for each in answer.json()["details"]] == ["pageSize"]


@pytest.mark.parametrize("body", [b"{", b'{"version": 1, "name": "\xff"}', b"[" * 100_000])
async def test_what_is_no_json_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/one", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("kind", ["application/xml", "text/plain", "application/x-www-form-urlencoded"])
async def test_what_is_not_called_json_is_not_read_as_json(client: httpx.AsyncClient, kind: str) -> None:
    answer = await client.post("/one", content=b'{"version": 1}', headers={"content-type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported.media.type")
    assert kind in answer.json()["message"]


async def test_a_body_without_a_kind_is_taken_for_json(client: httpx.AsyncClient) -> None:
    answer = await client.post("/one", content=b'{"version": 1}')
    assert answer.status_code == 200, answer.text


async def test_a_right_body_arrives(client: httpx.AsyncClient) -> None:
    answer = await client.post("/one", json={"version": 1, "at": "2023-10-27T06:00:00-05:00", "other": 1})
    assert answer.json() == {"version": 1, "at": "2023-10-27T06:00:00-05:00"}


async def test_a_method_that_the_path_has_not_is_told_those_it_has(client: httpx.AsyncClient) -> None:
    answer = await client.get("/one")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST, OPTIONS"
    assert answer.json()["message"] == "GET is not possible on this path; possible: POST, OPTIONS."


async def test_a_path_that_is_none_is_named(client: httpx.AsyncClient) -> None:
    assert (await client.get("/two")).json()["message"] == "There is nothing at the path /two."


async def test_a_choice_in_the_query_is_told(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sized", params={"sortOrder": "sideways"})
    assert answer.json()["message"] == "sortOrder: must be one of down, up, not 'sideways'."


async def test_an_offset_whose_plus_became_a_space_is_told_how_to_write_it(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sized?at=2023-10-27T06:00:00+00:00")
    assert answer.json()["message"].endswith("In an address + is written %2B.")
    assert (await client.get("/sized?at=2023-10-27T06:00:00%2B00:00")).status_code == 200
