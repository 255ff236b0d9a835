"""Upload urls: single use, of the announced size, safe against bombs; and work that is done later."""

import gzip
import json
import zlib
from datetime import timedelta
from typing import Any

from tests.conftest import SettableContext
from tests.store.conftest import Tenant
from tests.store.schedule.planner import WEEK, Planner, part, shift, walls

from shiftline.foundation.context import Actor, Context
from shiftline.workforce.schedule.events import ScheduleOperationFailed, SchedulePublished
from shiftline.workforce.schedule.jobs import forget_uploads, process_upload
from shiftline.workforce.schedule.operations import uploads
from shiftline.workforce.schedule.topics import notifications

FRIDAY = "2023-10-27T06:00:00-05:00"
IMPORT = {"agentSchedules": [part("ann", shift(FRIDAY))], "published": True, "id": "sch-1"}


def packed(data: Any) -> bytes:
    return gzip.compress(json.dumps(data).encode())


async def test_an_address_takes_one_file_of_the_announced_size(planner: Planner) -> None:
    content = packed(IMPORT)
    opened = await planner.call("POST", planner.path("/import/uploadurl"), {"contentLengthBytes": len(content)})
    assert opened["headers"]["Content-Encoding"] == "gzip"
    client = planner.api.client
    short = await client.put(opened["url"], content=content[:-1])
    assert (short.status_code, short.json()["details"][0]["fieldName"]) == (400, "contentLengthBytes")
    plain = await client.put(opened["url"], content=b"x" * len(content))
    assert (plain.status_code, plain.json()["code"]) == (400, "upload.not.gzip")
    empty = await planner.call("POST", planner.path("/import"), {"uploadKey": opened["uploadKey"]}, status=409)
    assert empty["code"] == "upload.empty"
    assert (await client.put(opened["url"], content=content)).status_code == 200
    assert (await client.put(opened["url"], content=content)).status_code == 409
    first = await planner.call("POST", planner.path("/import"), {"uploadKey": opened["uploadKey"]})
    again = await planner.call("POST", planner.path("/import"), {"uploadKey": opened["uploadKey"]})
    assert again == first
    assert len((await planner.call("GET", planner.path()))["entities"]) == 1
    assert (await client.put(opened["url"], content=content)).status_code == 409


async def test_an_address_cannot_be_guessed_and_ends(planner: Planner, context: SettableContext) -> None:
    content = packed(IMPORT)
    opened = await planner.call("POST", planner.path("/import/uploadurl"), {"contentLengthBytes": len(content)})
    head, _, key = opened["url"].rpartition("/")
    secret, _, organization = key.partition(".")
    assert len(secret) >= 43
    for wrong in (f"{secret[:-1]}.{organization}", f"{secret}.org-2", secret, opened["uploadKey"], "x"):
        assert (await planner.api.client.put(f"{head}/{wrong}", content=content)).status_code == 404, wrong
    context.clock.offset = timedelta(hours=2)
    real_now = context.clock.real_now()
    await uploads.forget_uploads(context, real_now)
    assert (await planner.api.client.put(opened["url"], content=content)).status_code == 200
    await uploads.forget_uploads(context, real_now + timedelta(hours=2))
    gone = await planner.call("POST", planner.path("/import"), {"uploadKey": opened["uploadKey"]}, status=404)
    assert gone["code"] == "not.found"


async def test_a_file_is_only_for_what_it_was_opened_for(planner: Planner) -> None:
    await planner.bring(part("ann", shift(FRIDAY)), id="sch-0", published=False)
    content = packed(IMPORT)
    opened = await planner.put(planner.path("/import"), content)
    key = {"uploadKey": opened["uploadKey"]}
    await planner.call("POST", planner.path("/import", week="2023-10-29"), key, status=404)
    await planner.call("POST", planner.path("/sch-0/update"), key, status=404)
    viewer = await planner.tenant.person("viewer", "wfm:schedule:view")
    await planner.call("POST", planner.path("/import"), key, token=planner.tenant.tokens[viewer.id], status=403)
    await planner.call("POST", planner.path("/import"), key)


async def test_damaged_files_and_bombs_are_refused_and_harmless(planner: Planner) -> None:
    whole = packed(IMPORT)
    bomb = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    megabyte = b" " * 1024 * 1024
    exploding = b"".join([bomb.compress(megabyte) for _ in range(600)]) + bomb.flush()
    assert len(exploding) < 700_000
    lying = exploding[:-4] + (1000).to_bytes(4, "little")
    for content, code in (
        (whole[:-9], "upload.damaged"),
        (whole + whole, "upload.damaged"),
        (whole[:12] + bytes([whole[12] ^ 255]) + whole[13:], "upload.damaged"),
        (lying, "request.entity.too.large"),
        (whole[:-8] + b"\0\0\0\0" + whole[-4:], "upload.damaged"),
        (gzip.compress(b"\xff{"), "bad.request"),
        (gzip.compress(b""), "bad.request"),
        (gzip.compress(b"[" * 100_000), "invalid.value"),
    ):
        opened = await planner.put(planner.path("/import"), content)
        refused = await planner.call("POST", planner.path("/import"), {"uploadKey": opened["uploadKey"]}, status=400)
        assert refused["code"] == code, refused
    opened = await planner.put(planner.path("/import"), exploding)
    later = await planner.call("POST", planner.path("/import"), {"uploadKey": opened["uploadKey"]}, status=202)
    await work(planner)
    told = await planner.call("GET", f"/api/v2/shiftline/operations/{later['operationId']}")
    assert (told["status"], told["errors"][0]["code"]) == ("Error", "request.entity.too.large")
    too_big = {"contentLengthBytes": 64 * 1024 * 1024 + 1}
    await planner.call("POST", planner.path("/import/uploadurl"), too_big, status=400)
    assert (await planner.call("GET", planner.path()))["entities"] == []


async def work(planner: Planner) -> None:
    """What the worker would do with the deferred jobs."""
    context = planner.tenant.context
    async with context.reader() as reader:
        rows = await reader.all("select args from procrastinate_jobs where status = 'todo' order by id", {})
        await reader.connection.execute("update procrastinate_jobs set status = 'succeeded' where status = 'todo'")
    for row in rows:
        mine = {name: value for name, value in row["args"].items() if not name.startswith("_")}
        actor = Actor(row["args"]["_organization_id"], "system", person_id=row["args"]["_actor_id"])
        await process_upload(Context(context.database, context.clock, actor), **mine)


async def test_forced_async_work_is_done_by_the_worker_and_told_by_topic_and_poll(planner: Planner) -> None:
    begun = await planner.upload(planner.path("/import"), IMPORT, status=202, later=True)
    assert (begun["status"], begun.get("result")) == ("Processing", None)
    path = f"/api/v2/shiftline/operations/{begun['operationId']}"
    assert (await planner.call("GET", path))["status"] == "Processing"
    assert await planner.in_force("ann") == []
    await planner.tenant.news()
    await work(planner)
    told = await planner.call("GET", path)
    assert (told["status"], told["result"]["id"], told["errors"]) == ("Complete", "sch-1", [])
    assert walls(await planner.in_force("ann")) == ["2023-10-27T06:00-14:00"]
    [happened] = await planner.tenant.news(SchedulePublished)
    assert happened.by == "admin-1"
    bodies = [each.body for each in notifications(happened) if "businessunits" in each.topic]
    assert [(body["status"], body["operationId"], body["eventType"]) for body in bodies] == [
        ("Complete", begun["operationId"], "Import")
    ]


async def test_after_a_file_of_the_worker_postgresql_knows_how_much_there_is(planner: Planner) -> None:
    await planner.upload(planner.path("/import"), IMPORT, status=202, later=True)
    await work(planner)
    async with planner.tenant.context.reader() as reader:
        known = await reader.one("select reltuples from pg_class where oid = 'schedule.shift'::regclass", {})
    assert known == {"reltuples": 1.0}


async def test_files_of_one_business_unit_wait_for_each_other_and_none_is_refused(planner: Planner) -> None:
    other = {**IMPORT, "id": "sch-2", "agentSchedules": [part("ann", shift("2023-11-03T06:00:00-05:00"))]}
    first = await planner.upload(planner.path("/import"), IMPORT, status=202, later=True)
    second = await planner.upload(planner.path("/import", week="2023-10-29"), other, status=202, later=True)
    async with planner.tenant.context.reader() as reader:
        rows = await reader.all("select lock, queueing_lock from procrastinate_jobs where status = 'todo'", {})
    assert len(rows) == 2
    assert {(row["lock"] is not None, row["queueing_lock"]) for row in rows} == {(True, None)}
    assert len({row["lock"] for row in rows}) == 1
    await work(planner)
    for begun in (first, second):
        told = await planner.call("GET", f"/api/v2/shiftline/operations/{begun['operationId']}")
        assert told["status"] == "Complete"


async def test_work_that_is_refused_later_says_why_at_each_field(planner: Planner) -> None:
    bad = {"agentSchedules": [part("ann", shift(FRIDAY, 0)), part("eve")], "published": True}
    begun = await planner.upload(planner.path("/import"), bad, status=202, later=True)
    await planner.tenant.news()
    await work(planner)
    await work(planner)
    told = await planner.call("GET", f"/api/v2/shiftline/operations/{begun['operationId']}")
    assert told["status"] == "Error"
    assert [error["field"] for error in told["errors"]] == [
        "agentSchedules[1].userId",
        "agentSchedules[0].shifts[0].lengthMinutes",
    ]
    [failed] = await planner.tenant.news(ScheduleOperationFailed)
    [message] = notifications(failed)
    assert (message.body["status"], message.body["eventType"]) == ("Error", "Import")
    assert (await planner.call("GET", planner.path()))["entities"] == []


async def test_an_operation_is_for_its_starter_and_whoever_sees_the_units_schedules(
    planner: Planner, other_tenant: Tenant
) -> None:
    begun = await planner.upload(planner.path("/import"), IMPORT)
    path = f"/api/v2/shiftline/operations/{begun['operationId']}"
    stranger = await planner.tenant.person("stranger")
    await planner.call("GET", path, token=planner.tenant.tokens[stranger.id], status=403)
    viewer = await planner.tenant.person("viewer", "wfm:schedule:view")
    await planner.call("GET", path, token=planner.tenant.tokens[viewer.id])
    await planner.call("GET", path, token=other_tenant.tokens["admin-2"], status=404)


async def test_another_tenant_finds_nothing(planner: Planner, other_tenant: Tenant) -> None:
    await planner.bring(part("ann", shift(FRIDAY)), id="sch-1")
    token = other_tenant.tokens["admin-2"]
    span = {"startDate": "2023-10-22T00:00:00Z", "endDate": "2023-10-29T00:00:00Z"}
    mine = "/api/v2/shiftline/schedules/sch-1/revisions"
    for method, path, body in (
        ("GET", planner.path(), None),
        ("POST", planner.path(), {}),
        ("GET", planner.path("/sch-1"), None),
        ("DELETE", planner.path("/sch-1"), None),
        ("POST", planner.path("/sch-1/agentschedules/query"), {}),
        ("POST", planner.path("/sch-1/copy"), {"weekDate": WEEK}),
        ("POST", planner.path("/sch-1/update/uploadurl"), {"contentLengthBytes": 10}),
        ("POST", planner.path("/import/uploadurl"), {"contentLengthBytes": 10}),
        ("GET", planner.path("/sch-1/history/agents/ann"), None),
        ("GET", mine, None),
        ("GET", f"{mine}/1", None),
        ("POST", f"{mine}/1/republish", {}),
        ("POST", "/api/v2/workforcemanagement/businessunits/bu-1/agentschedules/search", span),
        ("POST", "/api/v2/workforcemanagement/managementunits/mu-1/agentschedules/search", span),
    ):
        answer = await planner.call(method, path, body, token=token, status=404)
        assert answer["code"] == "not.found", path
    assert walls(await planner.in_force("ann")) == ["2023-10-27T06:00-14:00"]


async def test_the_periodic_work_forgets_what_expired(planner: Planner, context: SettableContext) -> None:
    await planner.call("POST", planner.path("/import/uploadurl"), {"contentLengthBytes": 10})
    await forget_uploads(context)
    async with context.reader() as reader:
        assert len(await reader.all("select 1 as one from schedule.upload", {})) == 1
