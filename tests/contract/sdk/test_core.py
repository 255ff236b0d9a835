"""The vendor's Python SDK, unmodified, drives the CORE operations against a running demo."""

import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from contract.sdk.calls import Call
from contract.sdk.centre import GROUP, Centre, api_class, sdk, snake
from contract.sdk.compat import is_of_sdk
from contract.sdk.table import APART, AREAS_TO_COME, CALLS, PENDING, core
from shiftline.apps import rooms
from shiftline.foundation.web.application import describe

PAGING = frozenset({"pageSize", "pageNumber"})

# Query parameters that the vendor's operations do not have, and ours do: lists that page, work that is answered later.
EXTENSIONS: dict[str, frozenset[str]] = {
    "getOauthClients": PAGING,
    "putUserRoutingskillsBulk": PAGING,
    "patchUserRoutingskillsBulk": PAGING,
    "patchUserRoutinglanguagesBulk": PAGING,
    "getWorkforcemanagementBusinessunitManagementunits": PAGING,
    "getWorkforcemanagementManagementunitsDivisionviews": PAGING,
    "postWorkforcemanagementManagementunitTimeoffrequestsQuery": PAGING,
    "postWorkforcemanagementBusinessunitWeekSchedulesImport": frozenset({"forceAsync"}),
    "postWorkforcemanagementBusinessunitWeekScheduleUpdate": frozenset({"forceAsync"}),
    # The softphone SDK sends it.
    "postNotificationsChannels": frozenset({"connectionType"}),
}


@GROUP
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
def test_an_operation(call: Call, centre: Centre) -> None:
    arguments, more = call.arguments(centre)
    answer = centre.call(call.operation, *arguments, who=call.by, **more)
    assert call.shows(answer, centre), answer


@GROUP
def test_a_token_comes_by_client_credentials_and_ends_itself(centre: Centre) -> None:
    client = centre.client("")
    client = sdk.api_client.ApiClient()
    client.get_client_credentials_token(centre.ready["admin"]["clientId"], centre.ready["admin"]["clientSecret"])
    tokens = sdk.TokensApi(client)
    assert tokens.get_tokens_me().organization.id == centre.ready["organizationId"]
    assert tokens.delete_tokens_me() is None
    with pytest.raises(sdk.rest.ApiException) as ended:
        tokens.get_tokens_me()
    assert ended.value.status == 401


def test_each_core_operation_is_called_or_said_to_be_missing() -> None:
    expected = {each.operation_id for each in core() if each.area not in AREAS_TO_COME}
    called = [call.operation for call in CALLS]
    assert len(called) == len(set(called))
    assert {*called, *APART, *PENDING} == expected
    assert not PENDING & {*called, *APART}


@dataclass(frozen=True, slots=True)
class Shape:
    """Where an operation is, its parameters in the path without their names, and what may be asked in the query."""

    verb: str
    path: str
    query: frozenset[str]


def shape(verb: str, path: str, query: Iterable[str] = ()) -> Shape:
    return Shape(verb.upper(), re.sub(r"{\w+}", "{}", path), frozenset(query))


@pytest.fixture(scope="module")
def served() -> dict[str, Shape]:
    paths: dict[str, Any] = describe(rooms.routes())["paths"]
    return {
        operation["operationId"]: shape(
            verb, path, (p["name"] for p in operation.get("parameters", ()) if p["in"] == "query")
        )
        for path, item in paths.items()
        for verb, operation in item.items()
        if "operationId" in operation
    }


def shape_in_sdk(operation_id: str) -> Shape:
    """What the SDK's own source sends."""
    method = snake(operation_id)
    source = inspect.getsource(getattr(api_class(method), method))
    path = re.search(r"resource_path = '([^']+)'", source)
    verb = re.search(r"call_api\(resource_path, '(\w+)'", source)
    assert path is not None
    assert verb is not None
    return shape(verb[1], path[1], re.findall(r"query_params\['([^']+)'\]", source))


def test_what_is_pending_is_not_served(served: dict[str, Shape]) -> None:
    assert not PENDING & set(served)


def test_core_operations_have_the_vendors_verb_and_path(served: dict[str, Shape]) -> None:
    for each in core():
        if each.operation_id in served:
            found, wanted = served[each.operation_id], shape(each.verb, each.path)
            assert (found.verb, found.path) == (wanted.verb, wanted.path), each.operation_id


def test_whatever_is_named_like_a_method_of_the_sdk_is_where_the_sdk_calls_it(served: dict[str, Shape]) -> None:
    compared = [name for name in served if is_of_sdk(name)]
    assert len(compared) > 200
    for name in compared:
        wanted = shape_in_sdk(name)
        assert (served[name].verb, served[name].path) == (wanted.verb, wanted.path), name
        assert served[name].query <= wanted.query | EXTENSIONS.get(name, frozenset()), name


def test_every_call_is_a_method_of_the_vendors_sdk() -> None:
    for call in CALLS:
        assert callable(getattr(api_class(snake(call.operation)), snake(call.operation)))
