"""What a wish about skills changes, and what a queue and utilization may be."""

import pytest

from shiftline.foundation.errors import Invalid
from shiftline.routing.events import MemberChanged, SkillChanged
from shiftline.routing.model.queues import AfterCallWork, MediaSettings, Medium, QueueSettings, WrapupPrompt
from shiftline.routing.model.skills import PersonSkill, SkillKind, SkillLevel, SkillWish
from shiftline.routing.model.utilization import MediaUtilization
from shiftline.routing.rules.settings import check_acw, check_utilization
from shiftline.routing.rules.skills import SkillPlan, check_wish, plan_skills
from shiftline.routing.topics import notifications

HELD = [PersonSkill("p", name, SkillKind.SKILL, name.upper(), level) for name, level in (("a", 1.0), ("b", 2.0))]


def wish(*levels: tuple[str, float], only: bool = False, listed: bool = True) -> SkillWish:
    return SkillWish(tuple(SkillLevel(*level) for level in levels), only=only, listed=listed)


def test_what_is_held_already_is_not_assigned_again() -> None:
    assert plan_skills(HELD, wish(("b", 2.0), ("a", 1.0))) == SkillPlan((), ())


def test_a_new_skill_and_another_proficiency_are_assigned_in_the_order_of_ids() -> None:
    plan = plan_skills(HELD, wish(("c", 3.0), ("a", 4.0)))
    assert plan == SkillPlan((SkillLevel("a", 4.0), SkillLevel("c", 3.0)), ())


def test_only_these_takes_the_others() -> None:
    assert plan_skills(HELD, wish(("c", 3.0), only=True)) == SkillPlan((SkillLevel("c", 3.0),), ("a", "b"))
    assert plan_skills(HELD, wish(only=True)) == SkillPlan((), ("a", "b"))


@pytest.mark.parametrize("proficiency", [-0.1, 5.1, float("nan"), float("inf")])
def test_a_proficiency_outside_0_to_5_is_refused_by_field(proficiency: float) -> None:
    with pytest.raises(Invalid) as refused:
        check_wish(wish(("a", 1), ("b", proficiency)))
    assert [problem.field for problem in refused.value.problems] == ["[1].proficiency"]
    with pytest.raises(Invalid) as refused:
        check_wish(wish(("b", proficiency), listed=False))
    assert [problem.field for problem in refused.value.problems] == ["proficiency"]


def test_the_ends_of_the_range_are_proficiencies() -> None:
    check_wish(wish(("a", 0), ("b", 5)))


def test_a_skill_named_twice_is_refused_by_field() -> None:
    with pytest.raises(Invalid) as refused:
        check_wish(wish(("a", 1), ("a", 2)))
    assert [problem.field for problem in refused.value.problems] == ["[1].id"]


@pytest.mark.parametrize("prompt", [WrapupPrompt.MANDATORY, WrapupPrompt.OPTIONAL])
def test_a_time_limit_without_a_timeout_is_refused(prompt: WrapupPrompt) -> None:
    with pytest.raises(Invalid) as refused:
        check_acw(AfterCallWork(prompt, 5000))
    assert refused.value.problems[0].field == "acwSettings.timeoutMs"
    check_acw(AfterCallWork(prompt))


@pytest.mark.parametrize("prompt", [WrapupPrompt.MANDATORY_TIMEOUT, WrapupPrompt.MANDATORY_FORCED_TIMEOUT])
def test_a_timeout_without_a_time_limit_is_refused(prompt: WrapupPrompt) -> None:
    with pytest.raises(Invalid):
        check_acw(AfterCallWork(prompt))
    check_acw(AfterCallWork(prompt, 5000))


def test_after_call_work_on_request_may_have_a_time_limit() -> None:
    check_acw(AfterCallWork(WrapupPrompt.AGENT_REQUESTED))
    check_acw(AfterCallWork(WrapupPrompt.AGENT_REQUESTED, 5000))


def test_no_medium_interrupts_itself() -> None:
    with pytest.raises(Invalid) as refused:
        check_utilization({Medium.CHAT: MediaUtilization(4, (Medium.CALL, Medium.CHAT))})
    assert refused.value.problems[0].field == "utilization.chat.interruptableMediaTypes"
    check_utilization({Medium.CHAT: MediaUtilization(4, (Medium.CALL,))})


def test_each_medium_of_a_queue_has_settings() -> None:
    settings = QueueSettings(media={Medium.CALL: MediaSettings(alerting_timeout_seconds=10)})
    assert set(settings.media) == set(Medium)
    assert settings.media[Medium.CALL].alerting_timeout_seconds == 10
    assert settings.media[Medium.EMAIL] == MediaSettings()


def test_the_topic_tells_who_is_in_a_queue() -> None:
    gone = MemberChanged(organization_id="o", queue_id="q", person_id="p", member=False, joined=False, ring_number=2)
    [told] = notifications(gone)
    assert (told.organization_id, told.topic) == ("o", "v2.routing.queues.q.users")
    assert told.body == {
        "id": "p",
        "user": {"id": "p"},
        "queueId": "q",
        "joined": False,
        "additionalProperties": {"member": False, "ringNumber": 2},
    }
    skill = SkillChanged(organization_id="o", skill_id="s", kind="skill", name="S", active=True, version=1)
    assert notifications(skill) == []
