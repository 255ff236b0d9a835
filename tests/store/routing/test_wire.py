"""Routing over HTTP, with real tokens: the vendor's shapes, and 4xx that name the field."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.store.conftest import Api, Tenant, serve

from shiftline.routing.endpoints import EXPANSIONS, ROUTES
from shiftline.routing.events import MemberChanged
from shiftline.routing.topics import notifications

R = "/api/v2/routing"


@pytest.fixture
async def api(tenant: Tenant) -> AsyncIterator[Api]:
    async with serve(tenant.context.database, tenant.context.clock, ROUTES) as api:
        yield api


@pytest.fixture
def admin(tenant: Tenant) -> str:
    return tenant.tokens["admin-1"]


async def made(api: Api, path: str, token: str, body: Any) -> dict[str, Any]:
    answer = await api.call("POST", path, token, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def read(api: Api, path: str, token: str) -> dict[str, Any]:
    answer = await api.call("GET", path, token)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_skills_and_who_has_them(api: Api, admin: str, tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    token = tenant.tokens[ada.id]
    sales = await made(api, f"{R}/skills", admin, {"name": "Sales"})
    assert sales == {
        "id": sales["id"],
        "name": "Sales",
        "dateModified": sales["dateModified"],
        "state": "active",
        "version": "1",
        "selfUri": f"{R}/skills/{sales['id']}",
    }
    assert await made(api, f"{R}/skills", admin, {"name": "Sales"}) == sales
    assert await read(api, f"{R}/skills/{sales['id']}", token) == sales
    page = await read(api, f"{R}/skills?pageSize=10&name=sa&id={sales['id']}%2Cunknown", token)
    assert (page["entities"], page["total"], page["pageSize"], page["pageNumber"]) == ([sales], 1, 10, 1)
    mine = await made(api, f"/api/v2/users/{ada.id}/routingskills", admin, {"id": sales["id"], "proficiency": 4.5})
    assert mine == {
        "id": sales["id"],
        "name": "Sales",
        "proficiency": 4.5,
        "state": "active",
        "skillUri": f"{R}/skills/{sales['id']}",
        "selfUri": f"/api/v2/users/{ada.id}/routingskills/{sales['id']}",
    }
    skills = f"/api/v2/users/{ada.id}/routingskills"
    assert (await read(api, skills, token))["entities"] == [mine]
    billing = await made(api, f"{R}/skills", admin, {"name": "Billing"})
    both = [{"id": billing["id"], "proficiency": 1}]
    added = (await api.call("PATCH", f"{skills}/bulk", admin, both)).json()
    assert [skill["name"] for skill in added["entities"]] == ["Billing", "Sales"]
    only = (await api.call("PUT", f"{skills}/bulk", admin, both)).json()
    assert [skill["name"] for skill in only["entities"]] == ["Billing"]
    better = await api.call("PUT", f"{skills}/{billing['id']}", admin, {"id": billing["id"], "proficiency": 2})
    assert better.json()["proficiency"] == 2
    async with tenant.context.reader() as reader:
        expanded = await EXPANSIONS["skills"](reader, "org-1", [ada.id, "admin-1"])
    assert [skill.name for skill in expanded[ada.id]] == ["Billing"]
    assert expanded["admin-1"] == []
    assert (await api.call("DELETE", f"{skills}/{billing['id']}", admin)).status_code == 204
    assert (await read(api, skills, token))["total"] == 0
    gone = await api.call("DELETE", f"{R}/skills/{sales['id']}", admin)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await api.call("DELETE", f"{R}/skills/{sales['id']}", admin)).status_code == 404


async def test_languages(api: Api, admin: str, tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    spanish = await made(api, f"{R}/languages", admin, {"name": "Spanish"})
    assert spanish["selfUri"] == f"{R}/languages/{spanish['id']}"
    assert (await read(api, f"{R}/languages", admin))["entities"] == [spanish]
    assert await read(api, f"{R}/languages/{spanish['id']}", admin) == spanish
    languages = f"/api/v2/users/{ada.id}/routinglanguages"
    hers = await made(api, languages, admin, {"id": spanish["id"], "proficiency": 5})
    assert (hers["languageUri"], "skillUri" in hers) == (f"{R}/languages/{spanish['id']}", False)
    assert (await read(api, languages, tenant.tokens[ada.id]))["entities"] == [hers]
    again = await api.call("PATCH", f"{languages}/bulk", admin, [{"id": spanish["id"], "proficiency": 5}])
    assert again.json()["entities"] == [hers]
    async with tenant.context.reader() as reader:
        expanded = await EXPANSIONS["languages"](reader, "org-1", [ada.id])
    assert [language.id for language in expanded[ada.id]] == [spanish["id"]]
    assert (await api.call("DELETE", f"{languages}/{spanish['id']}", admin)).status_code == 204
    assert (await api.call("DELETE", f"{R}/languages/{spanish['id']}", admin)).status_code == 204
    assert (await read(api, f"{R}/languages", admin))["total"] == 0


async def test_a_queue_from_first_to_last(api: Api, admin: str, tenant: Tenant) -> None:
    body: dict[str, Any] = {
        "name": "Support",
        "description": "All of it",
        "acwSettings": {"wrapupPrompt": "MANDATORY_TIMEOUT", "timeoutMs": 5000},
        "mediaSettings": {
            "call": {"alertingTimeoutSeconds": 8, "serviceLevel": {"percentage": 0.8, "durationMs": 20000}}
        },
        "scoringMethod": "PriorityOnly",
        "skillEvaluationMethod": "BEST",
        "enableTranscription": True,
        "bullseye": None,
    }
    queue = await made(api, f"{R}/queues", admin, body)
    assert queue["division"]["name"] == "Home"
    assert queue["acwSettings"] == body["acwSettings"]
    assert queue["mediaSettings"]["call"] == {**body["mediaSettings"]["call"], "enableAutoAnswer": False}
    assert queue["mediaSettings"]["email"] == {"alertingTimeoutSeconds": 30, "enableAutoAnswer": False}
    assert (queue["scoringMethod"], queue["skillEvaluationMethod"]) == ("PriorityOnly", "BEST")
    assert (queue["memberCount"], queue["joinedMemberCount"], queue["createdBy"]) == (0, 0, "admin-1")
    assert await read(api, f"{R}/queues/{queue['id']}", admin) == queue
    assert (await read(api, f"{R}/queues?name=supp*&hasPeer=false", admin))["entities"] == [queue]
    assert (await api.call("PUT", f"{R}/queues/{queue['id']}", admin, queue)).json() == queue
    copy = await made(api, f"{R}/queues", admin, {"name": "Copy", "sourceQueueId": queue["id"]})
    own = {"id", "name", "description", "selfUri", "dateCreated", "dateModified"}
    assert {key: copy[key] for key in copy if key not in own} == {key: queue[key] for key in queue if key not in own}
    changed = (await api.call("PUT", f"{R}/queues/{queue['id']}", admin, {"name": "Help"})).json()
    assert (changed["name"], changed["scoringMethod"], changed["enableTranscription"]) == (
        "Help",
        "TimestampAndPriority",
        False,
    )
    assert (await api.call("DELETE", f"{R}/queues/{queue['id']}", admin)).status_code == 204
    assert (await api.call("GET", f"{R}/queues/{queue['id']}", admin)).status_code == 404


async def test_members_and_the_topic(api: Api, admin: str, tenant: Tenant) -> None:
    ada, bob = await tenant.person("Ada", "routing:queue:join"), await tenant.person("Bob")
    token = tenant.tokens[ada.id]
    queue = await made(api, f"{R}/queues", admin, {"name": "Support"})
    members = f"{R}/queues/{queue['id']}/members"
    both = [{"id": ada.id}, {"id": bob.id}]
    added = await api.call("POST", members, admin, both)
    assert (added.status_code, added.content) == (204, b"")
    page = await read(api, members, admin)
    assert page["entities"][0] == {
        "id": ada.id,
        "name": "Ada",
        "user": {"id": ada.id, "name": "Ada", "email": ada.email, "selfUri": f"/api/v2/users/{ada.id}"},
        "ringNumber": 1,
        "joined": True,
        "memberBy": "user",
        "selfUri": f"{members}/{ada.id}",
    }
    assert page["total"] == 2
    await tenant.news()
    mine = await api.call("PATCH", f"/api/v2/users/{ada.id}/queues/{queue['id']}", token, {"joined": False})
    assert (mine.status_code, mine.json()["joined"], mine.json()["joinedMemberCount"]) == (200, False, 1)
    [told] = [each for event in await tenant.news(MemberChanged) for each in notifications(event)]
    assert told.topic == f"v2.routing.queues.{queue['id']}.users"
    assert (told.body["user"], told.body["joined"]) == ({"id": ada.id}, False)
    [mine] = (await read(api, f"{R}/queues/me", token))["entities"]
    assert (mine["id"], mine["joined"]) == (queue["id"], False)
    assert (await read(api, f"{R}/queues/me?joined=true", token))["total"] == 0
    assert (await read(api, f"/api/v2/users/{bob.id}/queues?joined=true", admin))["total"] == 1
    assert [m["name"] for m in (await read(api, f"{members}?joined=false", admin))["entities"]] == ["Ada"]
    assert [m["name"] for m in (await read(api, f"{members}?name=OB", admin))["entities"]] == ["Bob"]
    one = await api.call("PATCH", f"{members}/{ada.id}", admin, {"joined": True, "ringNumber": 2})
    assert (one.status_code, one.content) == (202, b"")
    listed = (await api.call("PATCH", members, admin, [{"id": ada.id, "joined": False}])).json()
    assert [(m["id"], m["joined"], m["ringNumber"]) for m in listed["entities"]] == [(ada.id, False, 2)]
    assert (await api.call("POST", f"{members}?delete=true", admin, [{"id": ada.id}])).status_code == 204
    assert (await api.call("DELETE", f"{members}/{bob.id}", admin)).status_code == 204
    assert (await api.call("DELETE", f"{members}/{bob.id}", admin)).status_code == 204
    assert (await api.call("DELETE", f"{members}/nobody", admin)).status_code == 404
    assert (await read(api, members, admin))["total"] == 0


async def test_wrapup_codes_and_settings(api: Api, admin: str) -> None:
    code = await made(api, f"{R}/wrapupcodes", admin, {"name": "Sold", "division": {"id": "*"}})
    assert code["division"] == {"id": "*", "name": "*"}
    assert (await read(api, f"{R}/wrapupcodes", admin))["entities"] == [code]
    assert await read(api, f"{R}/wrapupcodes/{code['id']}", admin) == code
    queue = await made(api, f"{R}/queues", admin, {"name": "Support"})
    codes = f"{R}/queues/{queue['id']}/wrapupcodes"
    assert await made(api, codes, admin, [{"id": code["id"]}]) == [code]
    assert (await read(api, codes, admin))["entities"] == [code]
    assert (await api.call("DELETE", f"{codes}/{code['id']}", admin)).status_code == 204
    assert (await read(api, codes, admin))["total"] == 0
    assert await read(api, f"{R}/settings", admin) == {"resetAgentScoreOnPresenceChange": False}
    changed = await api.call("PUT", f"{R}/settings", admin, {"resetAgentScoreOnPresenceChange": True})
    assert changed.json() == {"resetAgentScoreOnPresenceChange": True} == await read(api, f"{R}/settings", admin)
    utilization = await read(api, f"{R}/utilization", admin)
    assert utilization["utilization"]["call"] == {
        "maximumCapacity": 1,
        "interruptableMediaTypes": [],
        "includeNonAcd": False,
    }
    utilization["utilization"]["chat"]["maximumCapacity"] = 2
    assert (await api.call("PUT", f"{R}/utilization", admin, utilization)).json() == utilization
    assert await read(api, f"{R}/utilization", admin) == utilization


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "skills", {}, "name"),
        ("POST", "skills", {"name": " "}, "name"),
        ("POST", "skills", {"name": "x" * 257}, "name"),
        ("POST", "skills", {"name": "a\x00b"}, "name"),
        ("POST", "skills", {"name": "A", "divisionId": "nowhere"}, "divisionId"),
        ("POST", "skills", None, "body"),
        ("POST", "skills", [], "body"),
        ("POST", "languages", {"name": 5}, "name"),
        ("POST", "queues", {"name": "A", "division": {"id": "nowhere"}}, "division.id"),
        ("POST", "queues", {"name": "A", "division": "home"}, "division"),
        ("POST", "queues", {"name": "A", "scoringMethod": "Random"}, "scoringMethod"),
        ("POST", "queues", {"name": "A", "acwSettings": {"wrapupPrompt": "OPTIONAL", "timeoutMs": 2000}},
         "acwSettings.timeoutMs"),
        ("POST", "queues", {"name": "A", "acwSettings": {"timeoutMs": 1}}, "acwSettings.timeoutMs"),
        ("POST", "queues", {"name": "A", "mediaSettings": {"call": {"serviceLevel": {"percentage": 80,
         "durationMs": 1}}}}, "mediaSettings.call.serviceLevel.percentage"),
        ("PUT", "queues/queue", {"description": "no name"}, "name"),
        ("POST", "queues/queue/members", [], "body"),
        ("POST", "queues/queue/members", [{"id": "x"}] * 101, "body"),
        ("POST", "queues/queue/members", [{"id": "admin-1"}, {"id": "nobody"}], "[1].id"),
        ("POST", "queues/queue/members", [{"id": "admin-1"}, {}], "[1].id"),
        ("POST", "queues/queue/members?delete=true", [{"id": "nobody"}], "[0].id"),
        ("POST", "queues/queue/members?delete=perhaps", [{"id": "admin-1"}], "delete"),
        ("PATCH", "queues/queue/members", [{"id": "admin-1", "joined": "yes"}], "[0].joined"),
        ("PATCH", "queues/queue/members", [{"id": "admin-1", "joined": True}], "[0].id"),
        ("PATCH", "queues/queue/members/admin-1", {"ringNumber": 7}, "ringNumber"),
        ("PATCH", "queues/queue/members/admin-1", {"id": "another", "joined": True}, "id"),
        ("POST", "wrapupcodes", {"name": "A", "division": {"id": "nowhere"}}, "division.id"),
        ("POST", "queues/queue/wrapupcodes", [{"id": "nothing"}], "[0].id"),
        ("PUT", "utilization", {"utilization": {"call": {"maximumCapacity": -1}}}, "maximumCapacity"),
        ("PUT", "utilization", {"utilization": {"fax": {"maximumCapacity": 1}}}, "utilization"),
        ("PUT", "settings", {}, "resetAgentScoreOnPresenceChange"),
        ("GET", "queues?joined=maybe&pageSize=0", None, "pageSize"),
        ("GET", "queues?hasPeer=maybe", None, "hasPeer"),
        ("GET", "queues/queue/members?joined=maybe", None, "joined"),
    ],
)  # fmt: skip
async def test_bad_requests_are_refused_by_field(
    api: Api, admin: str, method: str, path: str, body: Any, field: str
) -> None:
    queue = await made(api, f"{R}/queues", admin, {"name": "Support"})
    answer = await api.call(method, f"{R}/{path.replace('queues/queue', 'queues/' + queue['id'])}", admin, body)
    assert answer.status_code == 400, answer.text
    assert any(field in detail["fieldName"] for detail in answer.json()["details"]), answer.text
    assert (await read(api, f"{R}/queues", admin))["total"] == 1
    assert (await read(api, f"{R}/skills", admin))["total"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "routingskills", {"id": "nothing", "proficiency": 3}, "id"),
        ("POST", "routingskills", {"id": "nothing", "proficiency": 5.5}, "proficiency"),
        ("POST", "routingskills", {"id": "nothing"}, "proficiency"),
        ("PUT", "routingskills/nothing", {"id": "another", "proficiency": 3}, "id"),
        ("PUT", "routingskills/bulk", [{"id": "nothing", "proficiency": -1}], "[0].proficiency"),
        ("PATCH", "routingskills/bulk", [{"id": "a", "proficiency": 1}, {"id": "a", "proficiency": 2}], "[1].id"),
        ("PATCH", "routingskills/bulk", [{"id": "a", "proficiency": 1}] * 101, "body"),
        ("PATCH", "routingskills/bulk", {"id": "a", "proficiency": 1}, "body"),
        ("POST", "routinglanguages", {"id": "nothing", "proficiency": 3}, "id"),
    ],
)
async def test_bad_skills_of_people_are_refused_by_field(
    api: Api, admin: str, method: str, path: str, body: Any, field: str
) -> None:
    answer = await api.call(method, f"/api/v2/users/admin-1/{path}", admin, body)
    assert answer.status_code == 400, answer.text
    assert any(field in detail["fieldName"] for detail in answer.json()["details"]), answer.text


@pytest.mark.parametrize("path", ["skills/a%00b", "skills?name=%00", "queues?id=%00", "queues?pageNumber=99999999999",
                                  "queues/a%00b/members", "wrapupcodes?divisionId=%00"])  # fmt: skip
async def test_bad_paths_and_parameters_are_refused(api: Api, admin: str, path: str) -> None:
    assert (await api.call("GET", f"{R}/{path}", admin)).status_code == 400


async def test_each_write_names_the_missing_permission(api: Api, admin: str, tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    queue = await made(api, f"{R}/queues", admin, {"name": "Support"})
    skill = await made(api, f"{R}/skills", admin, {"name": "Sales"})
    of_queue, of_admin = f"{R}/queues/{queue['id']}", "/api/v2/users/admin-1"
    level = {"id": skill["id"], "proficiency": 1}
    member = "routing:queue:edit,routing:queueMember:manage"
    refused: list[tuple[str, str, Any, str]] = [
        ("POST", f"{R}/skills", {"name": "A"}, "routing:skill:create,routing:skill:manage"),
        ("DELETE", f"{R}/skills/{skill['id']}", None, "routing:skill:delete,routing:skill:manage"),
        ("POST", f"{R}/languages", {"name": "A"}, "routing:skill:manage"),
        ("POST", f"{of_admin}/routingskills", level, "routing:skill:assign"),
        ("PUT", f"{of_admin}/routingskills/bulk", [level], "routing:skill:assign"),
        ("DELETE", f"{of_admin}/routingskills/{skill['id']}", None, "routing:skill:assign"),
        ("POST", f"/api/v2/users/{ada.id}/routingskills", level, "routing:skill:assign"),
        ("GET", f"{R}/queues", None, "routing:queue:view"),
        ("GET", of_queue, None, "routing:queue:view"),
        ("POST", f"{R}/queues", {"name": "A"}, "routing:queue:add"),
        ("PUT", of_queue, {"name": "A"}, "routing:queue:edit"),
        ("DELETE", of_queue, None, "routing:queue:delete"),
        ("GET", f"{of_queue}/members", None, "routing:queue:edit,routing:queue:view,routing:queueMember:manage"),
        ("POST", f"{of_queue}/members", [{"id": ada.id}], member),
        ("PATCH", f"{of_queue}/members", [{"id": ada.id}], member),
        ("PATCH", f"{of_queue}/members/{ada.id}", {"joined": True}, member),
        ("DELETE", f"{of_queue}/members/{ada.id}", None, member),
        ("GET", f"{of_admin}/queues", None, "routing:queue:view"),
        ("PATCH", f"{of_admin}/queues/{queue['id']}", {"joined": True}, "routing:queueMember:manage"),
        ("GET", f"{of_queue}/wrapupcodes", None, "routing:queue:view"),
        ("POST", f"{of_queue}/wrapupcodes", [{"id": "x"}], "routing:queue:edit"),
        ("GET", f"{R}/wrapupcodes", None, "routing:wrapupCode:view"),
        ("POST", f"{R}/wrapupcodes", {"name": "A"}, "routing:wrapupCode:add"),
        ("GET", f"{R}/utilization", None, "routing:utilization:manage,routing:utilization:view"),
    ]
    for method, path, body, missing in refused:
        answer = await api.call(method, path, tenant.tokens[ada.id], body)
        assert answer.status_code == 403, (method, path, answer.text)
        assert answer.json()["messageParams"]["permissions"] == missing, (method, path)


async def test_another_tenants_ids_are_not_found(api: Api, admin: str, tenant: Tenant, other_tenant: Tenant) -> None:
    stranger = other_tenant.tokens["admin-2"]
    ada = await tenant.person("Ada")
    queue = await made(api, f"{R}/queues", admin, {"name": "Support"})
    skill = await made(api, f"{R}/skills", admin, {"name": "Sales"})
    language = await made(api, f"{R}/languages", admin, {"name": "Irish"})
    code = await made(api, f"{R}/wrapupcodes", admin, {"name": "Sold"})
    of_queue, of_ada = f"{R}/queues/{queue['id']}", f"/api/v2/users/{ada.id}"
    level = {"id": skill["id"], "proficiency": 1}
    hidden: list[tuple[str, str, Any]] = [
        ("GET", f"{R}/skills/{skill['id']}", None),
        ("DELETE", f"{R}/skills/{skill['id']}", None),
        ("GET", f"{R}/languages/{language['id']}", None),
        ("DELETE", f"{R}/languages/{language['id']}", None),
        ("GET", f"{of_ada}/routingskills", None),
        ("POST", f"{of_ada}/routingskills", level),
        ("PUT", f"{of_ada}/routingskills/{skill['id']}", {"proficiency": 1}),
        ("PUT", f"{of_ada}/routingskills/bulk", [level]),
        ("PATCH", f"{of_ada}/routingskills/bulk", [level]),
        ("DELETE", f"{of_ada}/routingskills/{skill['id']}", None),
        ("GET", f"{of_ada}/routinglanguages", None),
        ("POST", f"{of_ada}/routinglanguages", {"id": language["id"], "proficiency": 1}),
        ("GET", of_queue, None),
        ("PUT", of_queue, {"name": "Mine"}),
        ("DELETE", of_queue, None),
        ("GET", f"{of_queue}/members", None),
        ("POST", f"{of_queue}/members", [{"id": "admin-2"}]),
        ("PATCH", f"{of_queue}/members", [{"id": "admin-2", "joined": True}]),
        ("PATCH", f"{of_queue}/members/admin-2", {"joined": True}),
        ("DELETE", f"{of_queue}/members/admin-2", None),
        ("GET", f"{of_ada}/queues", None),
        ("PATCH", f"{of_ada}/queues/{queue['id']}", {"joined": True}),
        ("PATCH", f"/api/v2/users/admin-2/queues/{queue['id']}", {"joined": True}),
        ("GET", f"{R}/wrapupcodes/{code['id']}", None),
        ("GET", f"{of_queue}/wrapupcodes", None),
        ("POST", f"{of_queue}/wrapupcodes", [{"id": code["id"]}]),
        ("DELETE", f"{of_queue}/wrapupcodes/{code['id']}", None),
        ("POST", f"{R}/queues", {"name": "Copy", "sourceQueueId": queue["id"]}),
    ]
    for method, path, body in hidden:
        answer = await api.call(method, path, stranger, body)
        assert answer.status_code == 404, (method, path, answer.text)
    for path in ("skills", "languages", "queues", "wrapupcodes"):
        assert (await read(api, f"{R}/{path}", stranger))["total"] == 0
    assert (await read(api, f"{R}/queues", admin))["total"] == 1
