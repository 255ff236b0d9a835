"""Rings of trades on a running demo: searched by its worker, seen and answered by their people."""

from contract.sdk.centre import GROUP, Centre
from contract.sdk.rings import ONE, OTHER, ask, proposed_ring

pytestmark = GROUP


def test_a_ring_is_found_by_the_worker_and_accepted_by_its_people(centre: Centre) -> None:
    week, ring = proposed_ring(centre)
    cycles = f"weeks/{week}/tradecycles"
    mine = [each for each in ask(centre, "GET", f"{cycles}/mine", who=ONE)["entities"] if each["id"] == ring]
    members = {member["user"]["id"]: member for member in mine[0]["members"]}
    assert {centre.agent_id(ONE), centre.agent_id(OTHER)} <= set(members)
    own = members.pop(centre.agent_id(ONE))
    assert own["paidMinutesBefore"] > 0
    assert not any(member.get("paidMinutesBefore") for member in members.values()), "pay is nobody else's business"
    states = [
        ask(centre, "POST", f"{cycles}/{ring}/answer", {"answer": "Accepted"}, who=who)["state"] for who in (ONE, OTHER)
    ]
    assert states[0] == "Proposed" or states == ["Approved", "Approved"]
    assert states[1] in ("Accepted", "Approved")
    listed = {each["id"]: each for each in ask(centre, "GET", cycles)["entities"]}
    if listed[ring]["state"] == "Accepted":
        version = {"version": listed[ring]["metadata"]["version"]}
        done = ask(centre, "POST", f"{cycles}/{ring}/review", {"state": "Approved", "metadata": version})
        assert (done["state"], done["decidedBy"]["code"]) == ("Approved", "trade.approved")


def test_somebody_says_when_they_would_work_more(centre: Centre) -> None:
    times = [{"startDate": f"{centre.week}T10:00:00Z", "endDate": f"{centre.week}T20:00:00Z"}]
    path = f"weeks/{centre.week}/wantedshifts/mine"
    assert len(ask(centre, "PUT", path, {"acceptableIntervals": times}, who=ONE)["acceptableIntervals"]) == 1
    assert len(ask(centre, "GET", path, who=ONE)["acceptableIntervals"]) == 1
    assert ask(centre, "PUT", path, {"acceptableIntervals": []}, who=ONE)["acceptableIntervals"] == []
