"""The vendor's Python SDK, unmodified, drives every operation of routing on a real port."""

from typing import Any

import PureCloudPlatformClientV2 as Vendor
import pytest
from tests.contract.driving import Sdk, drive
from tests.store.conftest import Tenant, make_tenant

from shiftline.foundation.context import Context
from shiftline.routing.endpoints import ROUTES

sdk: Any = Vendor


@pytest.fixture
async def tenant(context: Context) -> Tenant:
    return await make_tenant(context)


def member(person_id: str, **more: Any) -> Any:
    wanted = sdk.QueueMember()
    wanted.id = person_id
    for name, value in more.items():
        setattr(wanted, name, value)
    return wanted


async def test_skills_and_languages(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")

    def script(admin: Sdk) -> None:
        routing, users = sdk.RoutingApi(admin), sdk.UsersApi(admin)
        draft = sdk.CreateRoutingSkill()
        draft.name = "Sales"
        sales = routing.post_routing_skills(draft)
        assert (sales.state, sales.version) == ("active", "1")
        assert routing.get_routing_skill(sales.id).name == "Sales"
        billing = routing.post_routing_skills({"name": "Billing"})
        assert routing.get_routing_skills(name="S", id=[sales.id, billing.id]).total == 1
        level = sdk.UserRoutingSkillPost()
        level.id, level.proficiency = sales.id, 2.5
        assert users.post_user_routingskills(ada.id, level).proficiency == 2.5
        more = users.patch_user_routingskills_bulk(ada.id, [{"id": billing.id, "proficiency": 1}])
        assert [each.name for each in more.entities] == ["Billing", "Sales"]
        one = users.get_user_routingskills(ada.id).entities[0]
        one.proficiency = 4.0
        assert users.put_user_routingskill(ada.id, billing.id, one).proficiency == 4.0
        assert users.put_user_routingskills_bulk(ada.id, [level]).total == 1
        users.delete_user_routingskill(ada.id, sales.id)
        assert users.get_user_routingskills(ada.id).entities == []
        routing.delete_routing_skill(sales.id)
        with pytest.raises(sdk.rest.ApiException) as gone:
            routing.get_routing_skill(sales.id)
        assert gone.value.status == 404
        language = sdk.Language()
        language.name = "Spanish"
        language = routing.post_routing_languages(language)
        assert routing.get_routing_language(language.id).name == "Spanish"
        assert routing.get_routing_languages().total == 1
        known = users.post_user_routinglanguages(ada.id, {"id": language.id, "proficiency": 3})
        assert known.language_uri.endswith(language.id)
        assert users.patch_user_routinglanguages_bulk(ada.id, [{"id": language.id, "proficiency": 4}]).total == 1
        assert users.get_user_routinglanguages(ada.id).entities[0].proficiency == 4
        users.delete_user_routinglanguage(ada.id, language.id)
        routing.delete_routing_language(language.id)
        assert routing.get_routing_languages().total == 0

    await drive(tenant, ROUTES, script, "admin-1")


async def test_queues_and_members(tenant: Tenant) -> None:
    ada, bob = await tenant.person("Ada", "routing:queue:join"), await tenant.person("Bob")

    def script(admin: Sdk, person: Sdk) -> None:
        routing, mine = sdk.RoutingApi(admin), sdk.RoutingApi(person)
        draft = sdk.CreateQueueRequest()
        draft.name, draft.skill_evaluation_method, draft.acw_settings = "Support", "BEST", sdk.AcwSettings()
        draft.acw_settings.wrapup_prompt, draft.acw_settings.timeout_ms = "MANDATORY_TIMEOUT", 15000
        queue = routing.post_routing_queues(draft)
        assert (queue.skill_evaluation_method, queue.acw_settings.timeout_ms) == ("BEST", 15000)
        assert queue.media_settings.call.alerting_timeout_seconds == 30
        queue.description = "All of it"
        assert routing.put_routing_queue(queue.id, queue).description == "All of it"
        assert routing.get_routing_queue(queue.id).division.name == "Home"
        assert routing.get_routing_queues(name="sup*", division_id=[queue.division.id], has_peer=False).total == 1
        entity = sdk.WritableEntity()
        entity.id = ada.id
        routing.post_routing_queue_members(queue.id, [entity, {"id": bob.id}])
        found = routing.get_routing_queue_members(queue.id, joined=True).entities
        assert [(each.name, each.user.email, each.member_by) for each in found] == [
            ("Ada", ada.email, "user"),
            ("Bob", bob.email, "user"),
        ]
        changed = routing.patch_routing_queue_members(queue.id, [member(bob.id, joined=False)])
        assert [(each.id, each.joined) for each in changed.entities] == [(bob.id, False)]
        assert routing.patch_routing_queue_member(queue.id, bob.id, member(bob.id, ring_number=2)) is None
        own = mine.get_routing_queues_me().entities[0]
        assert own.joined is True
        own.joined = False
        left = mine.patch_user_queue(queue.id, ada.id, own)
        assert (left.joined, left.joined_member_count, left.member_count) == (False, 0, 2)
        assert routing.get_user_queues(bob.id, joined=False).total == 1
        with pytest.raises(sdk.rest.ApiException) as refused:
            mine.get_routing_queues()
        assert refused.value.status == 403
        assert "routing:queue:view" in refused.value.body
        routing.post_routing_queue_members(queue.id, [entity], delete=True)
        routing.delete_routing_queue_member(queue.id, bob.id)
        assert routing.get_routing_queue(queue.id).member_count == 0
        routing.delete_routing_queue(queue.id)
        assert routing.get_routing_queues().total == 0

    await drive(tenant, ROUTES, script, "admin-1", ada.id)


async def test_wrapup_codes_and_settings(tenant: Tenant) -> None:
    def script(admin: Sdk) -> None:
        routing = sdk.RoutingApi(admin)
        draft = sdk.WrapupCodeRequest()
        draft.name, draft.division = "Sold", sdk.WritableStarrableDivision()
        draft.division.id = "*"
        code = routing.post_routing_wrapupcodes(draft)
        assert code.division.id == "*"
        assert routing.get_routing_wrapupcode(code.id).name == "Sold"
        assert routing.get_routing_wrapupcodes(name="So*", id=[code.id]).total == 1
        queue = routing.post_routing_queues({"name": "Support"})
        reference = sdk.WrapUpCodeReference()
        reference.id = code.id
        assert routing.post_routing_queue_wrapupcodes(queue.id, [reference])[0].id == code.id
        assert routing.get_routing_queue_wrapupcodes(queue.id).total == 1
        routing.delete_routing_queue_wrapupcode(queue.id, code.id)
        assert routing.get_routing_queue_wrapupcodes(queue.id).total == 0
        settings = routing.get_routing_settings()
        assert settings.reset_agent_score_on_presence_change is False
        settings.reset_agent_score_on_presence_change = True
        assert routing.put_routing_settings(settings).reset_agent_score_on_presence_change is True
        assert routing.get_routing_utilization().utilization["chat"].maximum_capacity == 4
        wanted = sdk.UtilizationRequest()
        wanted.utilization = {"call": sdk.MediaUtilization()}
        wanted.utilization["call"].maximum_capacity = 2
        wanted.utilization["call"].interruptable_media_types = ["callback"]
        assert routing.put_routing_utilization(wanted).utilization["call"].maximum_capacity == 2

    await drive(tenant, ROUTES, script, "admin-1")
