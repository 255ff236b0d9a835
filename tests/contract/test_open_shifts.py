"""Open shifts on a running demo: left open by a planner, seen with their verdicts and taken by an agent."""

from contract.ours import open_shift_of, raw
from contract.sdk.centre import GROUP, Centre

pytestmark = GROUP
ROOT = "/api/v2/shiftline/workforce/openshifts"
ONE = 11


def test_a_planner_leaves_a_shift_open_and_an_agent_sees_what_stands_against_taking_it(centre: Centre) -> None:
    found = open_shift_of(centre)
    shown = raw(centre, "GET", f"{ROOT}/{found}")
    assert (shown["state"], shown["inForce"], shown["metadata"]["version"]) == ("Open", True, 1)
    seen = {each["id"]: each for each in raw(centre, "GET", f"{ROOT}/mine", who=ONE)["entities"]}
    # It begins with the agent's own shift: they cannot work both.
    assert seen[found]["wouldBe"] == "Disallow"
    (overlap,) = [rule for rule in seen[found]["rules"] if rule["code"] == "trade.overlap"]
    assert (overlap["holds"], "overlaps" in overlap["sentence"]) == (False, True)
    gone = raw(centre, "PATCH", f"{ROOT}/{found}", {"metadata": {"version": 1}, "state": "Withdrawn"})
    assert (gone["state"], gone["decidedBy"]["code"]) == ("Withdrawn", "open.shift.withdrawn")


def test_an_open_shift_is_taken_or_claimed(centre: Centre) -> None:
    found = open_shift_of(centre)
    free = [
        who
        for who in range(len(centre.agents))
        for each in raw(centre, "GET", f"{ROOT}/mine", who=who)["entities"]
        if each["id"] == found and each["wouldBe"] != "Disallow"
    ]
    taken = raw(centre, "POST", f"{ROOT}/{found}/take", {"metadata": {"version": 1}}, who=free[0])
    assert taken["state"] in ("Claimed", "Taken")
    if taken["state"] == "Claimed":
        body = {"metadata": taken["metadata"], "state": "Approved"}
        taken = raw(centre, "POST", f"{ROOT}/{found}/review", body)
    assert (taken["state"], taken["takenBy"]["id"]) == ("Taken", centre.agent_id(free[0]))
