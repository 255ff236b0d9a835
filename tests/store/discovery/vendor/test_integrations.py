"""Integrations: what cannot be meant is refused, secrets are sealed, and a probe goes to a real server."""

import json
from typing import Any

import pytest
from tests.seaweed import KEY, SECRET
from tests.store.conftest import Tenant
from tests.store.discovery.vendor.conftest import RealBucket, connect
from tests.store.recordings.conftest import Api, Room

from shiftline.discovery.integrations.events import CredentialChanged, IntegrationProbed
from shiftline.discovery.integrations.operations.secrets import rewrap_credentials
from shiftline.recordings.keys import rotate_key_file

PATH = "/api/v2/integrations"
TYPE = {"id": "aws-s3-recording-bulk-actions-integration"}
ACCESS = {"type": {"id": "awsAccessKey"}, "credentialFields": {"accessKeyId": KEY, "secretAccessKey": SECRET}}


async def done(api: Api, method: str, path: str, body: Any = None, who: Any = "admin-1") -> Any:
    answer = await api.call(method, f"{PATH}{path}", who, body)
    assert answer.status_code in (200, 204), answer.text
    return answer.json() if answer.content else None


async def refused(api: Api, method: str, path: str, body: Any = None, who: Any = "admin-1") -> tuple[int, str]:
    answer = await api.call(method, f"{PATH}{path}", who, body)
    assert answer.status_code >= 400, answer.text
    return answer.status_code, answer.json()["message"]


async def test_an_integration_is_configured_enabled_and_probed(room: Room, api: Api, bucket: RealBucket) -> None:
    integration = await connect(api, bucket, prefix="calls/2023")
    shown = await done(api, "GET", f"/{integration}")
    assert shown["intendedState"] == "ENABLED"
    assert shown["reportedState"]["detail"]["message"] == f"Recordings can be stored in the bucket '{bucket.name}'."
    assert shown["config"]["current"]["version"] == 2
    assert shown["config"]["current"]["properties"]["prefix"] == "calls/2023"
    assert bucket.keys() == [], "a probe leaves nothing behind"
    listed = await done(api, "GET", "?reportedState=active")
    assert [each["id"] for each in listed["entities"]] == [integration]
    assert (await done(api, "GET", "?reportedState=ERROR"))["total"] == 0
    (probed,) = await room.tenant.news(IntegrationProbed)
    assert probed.works


async def test_a_secret_is_sealed_and_never_shown(room: Room, api: Api) -> None:
    made = await done(api, "POST", "/credentials", {"name": "key", **ACCESS})
    assert SECRET not in str(made)
    assert KEY not in str(made)
    shown = str([await done(api, "GET", f"/credentials/{made['id']}"), await done(api, "GET", "/credentials")])
    assert SECRET not in shown
    (row,) = await room.rows("select to_jsonb(c)::text as whole, sealed from discovery.credential c")
    for secret in (SECRET, KEY):
        assert secret not in row["whole"]
        assert secret.encode() not in bytes(row["sealed"])
    (changed,) = await room.tenant.news(CredentialChanged)
    assert SECRET not in str(changed)


@pytest.mark.parametrize(
    ("properties", "field", "sentence"),
    [
        ({}, "properties.bucket", "is missing"),
        ({"bucket": "No Bucket"}, "properties.bucket", "is no bucket's name"),
        ({"bucket": "b..b"}, "properties.bucket", "is no bucket's name"),
        ({"bucket": 7}, "properties.bucket", "must be a text"),
        ({"bucket": "bucket", "region": "EU!"}, "properties.region", "is no region"),
        ({"bucket": "bucket", "endpoint": "ftp://x"}, "properties.endpoint", "must be https://"),
        ({"bucket": "bucket", "endpoint": "https://user:secret@x"}, "properties.endpoint", "must be https://"),
        ({"bucket": "bucket", "endpoint": "http://storage.example"}, "properties.endpoint", "in clear"),
        ({"bucket": "bucket", "endpoint": "http://169.254.169.254"}, "properties.endpoint", "in clear"),
        ({"bucket": "bucket", "prefix": "a/../b"}, "properties.prefix", "names of folders"),
        (
            {"bucket": "bucket", "objectLockMode": "FOREVER", "objectLockDays": 1},
            "properties.objectLockMode",
            "is none of",
        ),
        ({"bucket": "bucket", "objectLockMode": "COMPLIANCE"}, "properties.objectLockDays", "whole number of days"),
        ({"bucket": "bucket", "objectLockDays": 3}, "properties.objectLockMode", "is missing"),
        ({"bucket": "bucket", "roleArn": "arn:aws:iam::1:role/r"}, "properties.roleArn", "Give an access key"),
        ({"bucket": "bucket", "colour": "blue"}, "properties.colour", "known are bucket"),
    ],
)
async def test_a_configuration_that_cannot_be_meant_is_refused(
    room: Room, api: Api, properties: dict[str, Any], field: str, sentence: str
) -> None:
    made = await done(api, "POST", "", {"integrationType": TYPE})
    path = f"/{made['id']}/config/current"
    status, message = await refused(api, "PUT", path, {"version": 1, "properties": properties})
    assert status == 400
    assert message.startswith(f"{field}: ")
    assert sentence in message
    assert (await done(api, "GET", path))["version"] == 1


async def test_what_is_not_whole_is_not_enabled(room: Room, api: Api) -> None:
    made = await done(api, "POST", "", {"integrationType": TYPE, "name": "Half"})
    enable = {"intendedState": "ENABLED"}
    assert (await refused(api, "PATCH", f"/{made['id']}", enable))[1].startswith("properties.bucket: ")
    whole = {"version": 1, "properties": {"bucket": "bucket"}}
    await done(api, "PUT", f"/{made['id']}/config/current", whole)
    assert (await refused(api, "PATCH", f"/{made['id']}", enable))[1].startswith("credentials.awsAccessKey: ")
    status, message = await refused(api, "PUT", f"/{made['id']}/config/current", whole)
    assert (status, "its version is 2" in message) == (409, True)
    unknown = {"version": 2, "properties": {"bucket": "bucket"}, "credentials": {"awsAccessKey": {"id": "no-such"}}}
    assert (await refused(api, "PUT", f"/{made['id']}/config/current", unknown))[1].startswith(
        "credentials.awsAccessKey: "
    )
    assert (await refused(api, "POST", "", {"integrationType": TYPE, "name": "half"}))[0] == 409
    assert (await refused(api, "POST", "", {"integrationType": {"id": "webhook"}}))[0] == 404
    assert (await done(api, "GET", f"/{made['id']}"))["reportedState"]["code"] == "INACTIVE"


@pytest.mark.parametrize(
    ("properties", "access", "said"),
    [
        ({"bucket": "missing"}, (KEY, SECRET), "(properties.bucket) does not exist"),
        ({}, ("unknown-key", SECRET), "(credentialFields.accessKeyId, credentialFields.secretAccessKey)"),
        ({}, (KEY, "wrong"), "(credentialFields.accessKeyId, credentialFields.secretAccessKey)"),
        ({"objectLockMode": "COMPLIANCE", "objectLockDays": 3}, (KEY, SECRET), "does not honour Object Lock"),
        ({"endpoint": "http://127.0.0.1:9"}, (KEY, SECRET), "(properties.endpoint) cannot be reached right now"),
    ],
)
async def test_a_probe_says_what_is_wrong(
    room: Room, api: Api, bucket: RealBucket, properties: dict[str, str], access: tuple[str, str], said: str
) -> None:
    integration = await connect(api, bucket)
    shown = await done(api, "GET", f"/{integration}")
    credential = shown["config"]["current"]["credentials"]["awsAccessKey"]["id"]
    fields = {"accessKeyId": access[0], "secretAccessKey": access[1]}
    await done(api, "PUT", f"/credentials/{credential}", {"credentialFields": fields})
    configuration = {
        "version": 2,
        "properties": {**shown["config"]["current"]["properties"], **properties},
        "credentials": {"awsAccessKey": {"id": credential}},
    }
    await done(api, "PUT", f"/{integration}/config/current", configuration)
    shown = await done(api, "GET", f"/{integration}")
    assert shown["reportedState"]["code"] == "ERROR"
    assert said in shown["reportedState"]["detail"]["message"]
    verdict = await api.call("POST", f"/api/v2/shiftline/integrations/{integration}/probe", "admin-1")
    assert (verdict.json()["works"], said in verdict.json()["sentence"]) == (False, True)


async def test_a_credential_that_is_used_stays(room: Room, api: Api, bucket: RealBucket) -> None:
    integration = await connect(api, bucket)
    shown = await done(api, "GET", f"/{integration}")
    credential = shown["config"]["current"]["credentials"]["awsAccessKey"]
    status, message = await refused(api, "DELETE", f"/credentials/{credential['id']}")
    assert (status, shown["name"] in message) == (409, True)
    assert (await done(api, "DELETE", f"/{integration}"))["intendedState"] == "DELETED"
    assert (await refused(api, "GET", f"/{integration}"))[0] == 404
    await done(api, "DELETE", f"/credentials/{credential['id']}")
    assert (await refused(api, "GET", f"/credentials/{credential['id']}"))[0] == 404


async def test_only_who_may_does_anything_and_others_find_nothing(
    room: Room, api: Api, bucket: RealBucket, other_tenant: Tenant
) -> None:
    integration = await connect(api, bucket)
    reader = await room.tenant.person("Reader", "integrations:integration:view")
    nobody = await room.tenant.person("Nobody")
    assert (await done(api, "GET", f"/{integration}", who=reader))["id"] == integration
    assert (await refused(api, "PATCH", f"/{integration}", {"notes": "x"}, reader))[0] == 403
    assert (await refused(api, "GET", "", who=nobody))[0] == 403
    assert (await refused(api, "POST", "/credentials", ACCESS, reader))[0] == 403
    room.tenant.tokens |= other_tenant.tokens
    assert (await refused(api, "GET", f"/{integration}", who="admin-2"))[0] == 404
    assert (await done(api, "GET", "", who="admin-2"))["total"] == 0


async def test_types_tell_their_schema(room: Room, api: Api) -> None:
    (kind,) = (await done(api, "GET", "/types"))["entities"]
    schema = await done(api, "GET", kind["configPropertiesSchemaUri"].removeprefix(PATH))
    assert schema["required"] == ["bucket"]
    assert (await done(api, "GET", f"/types/{kind['id']}"))["id"] == kind["id"]
    (credential,) = await done(api, "GET", "/credentials/types")
    assert credential["required"] == ["accessKeyId", "secretAccessKey"]


async def test_a_secret_is_wrapped_anew_and_outlives_the_former_key(room: Room, api: Api, bucket: RealBucket) -> None:
    integration = await connect(api, bucket)
    path = room.vault.keys.path
    assert path is not None
    (before,) = await room.rows("select key_id, sealed from discovery.credential")
    rotate_key_file(path, room.clock.now())
    assert await rewrap_credentials(room.context, room.vault.keys) == 1
    (after,) = await room.rows("select key_id, sealed from discovery.credential")
    assert (after["key_id"], after["sealed"]) == (room.vault.keys.newest, before["sealed"])
    assert after["key_id"] != before["key_id"]
    path.write_text(json.dumps(json.loads(path.read_text())[:1]))
    assert await rewrap_credentials(room.context, room.vault.keys) == 0
    verdict = await api.call("POST", f"/api/v2/shiftline/integrations/{integration}/probe", "admin-1")
    assert verdict.json()["works"], verdict.text


async def test_a_secret_whose_key_is_lost_says_so(room: Room, api: Api, bucket: RealBucket) -> None:
    integration = await connect(api, bucket)
    path = room.vault.keys.path
    assert path is not None
    rotate_key_file(path, room.clock.now())
    path.write_text(json.dumps(json.loads(path.read_text())[:1]))
    answer = await api.call("POST", f"/api/v2/shiftline/integrations/{integration}/probe", "admin-1")
    assert answer.status_code == 503
    assert "Store it anew by PUT /api/v2/integrations/credentials/" in answer.json()["message"]
