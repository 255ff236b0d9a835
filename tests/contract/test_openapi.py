"""Our own OpenAPI document: valid, whole, and printed by the command line."""

import json
from collections import Counter
from typing import Any

import pytest
import schemathesis

from shiftline.apps.cli import main
from shiftline.apps.openapi import document
from shiftline.foundation.web.document import REFUSALS

METHODS = ("get", "head", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return json.loads(document())


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, item[method])
        for path, item in described["paths"].items()
        for method in METHODS
        if method in item
    ]


def test_the_document_is_valid(described: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(described).validate()


def test_operation_ids_are_unique(described: dict[str, Any]) -> None:
    ids = Counter(operation["operationId"] for _, _, operation in operations(described))
    assert len(ids) > 200
    assert [name for name, count in ids.items() if count > 1] == []


def test_every_operation_documents_its_refusals(described: dict[str, Any]) -> None:
    for method, path, operation in operations(described):
        missing = {str(status) for status in REFUSALS} - set(operation["responses"])
        assert not missing, (method, path)
        shapes = {
            content["schema"]["$ref"].rsplit("_", 1)[-1].rsplit("/", 1)[-1]
            for status in REFUSALS
            for content in operation["responses"][str(status)].get("content", {}).values()
        }
        expected = set() if method == "head" else {"OAuthErrorAnswer" if path.startswith("/oauth/") else "ErrorBody"}
        assert shapes == expected, (method, path)


def test_no_list_is_of_anything_at_all_beside_what_it_is_of(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    loose = [
        (name, field)
        for name, schema in schemas.items()
        for field, shape in schema.get("properties", {}).items()
        if isinstance(shape, dict) and {} in shape.get("items", {}).get("oneOf", [])
    ]
    assert loose == []
    assert schemas["authorization_wire_PermissionPolicy"]["properties"]["actionSet"]["items"] == {"type": "string"}


def test_what_everybody_may_call_needs_no_token(described: dict[str, Any]) -> None:
    open_to_all = {
        operation["operationId"] for _, _, operation in operations(described) if operation.get("security") == [{}]
    }
    assert described["security"] == [{"bearer": []}]
    assert "getUsersMe" not in open_to_all
    assert "postOauthToken" in open_to_all


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str], described: dict[str, Any]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["openapi"])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out) == described
