"""What properties make of a station, and what a person's stations become."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shiftline.foundation.errors import Invalid
from shiftline.stations.model import Line, PersonStations, Phone, PhoneBase, Record, Site, Station, StationSettings
from shiftline.stations.rules import associate, check_properties, classify_settings, disassociate, forget

NOW = datetime(2023, 10, 27, 10, 45, tzinfo=UTC)
RECORD = Record(1, NOW, "x", NOW, "x")


def value(instance: object) -> dict[str, Any]:
    return {"value": {"instance": instance}}


def classify(
    *, line: Any = None, phone: Any = None, base_line: Any = None, base: Any = None, force_turn: bool = False
) -> StationSettings:
    site = Site("s", "Site", None, None, None, force_turn, is_default=True, record=RECORD)
    settings = PhoneBase("b", "Base", None, base or {}, {}, Line("bl", "l", base_line or {}), False, RECORD)
    of_person = Phone("p", "Phone", None, "s", "b", "ada", phone or {}, {}, Line("l", "l", line or {}), True, RECORD)
    return classify_settings(site, settings, of_person)


def test_nothing_said_is_a_plain_softphone() -> None:
    assert classify() == StationSettings(persistent=False, force_turn=False, call_appearances=1, media_dscp=46)


def test_the_nearest_layer_wins() -> None:
    appearances = "webRtcCallAppearances"
    layers: dict[str, Any] = {
        "base": {appearances: value(5)},
        "base_line": {appearances: value(4)},
        "phone": {appearances: value(3)},
        "line": {appearances: value(2)},
    }
    seen: list[int] = []
    while layers:
        seen.append(classify(**layers).call_appearances)
        layers.popitem()
    assert seen == [2, 3, 4, 5]


def test_a_site_forces_the_relay_unless_the_phone_says_otherwise() -> None:
    assert classify(force_turn=True).force_turn
    assert not classify(force_turn=True, phone={"webRtcForceTurn": value(False)}).force_turn


def test_the_newer_of_the_vendors_two_names_wins() -> None:
    both = {"station_persistent_webrtc_enabled": value(False), "station_persistent_enabled": value(True)}
    assert not classify(base_line=both).persistent
    assert classify(base_line={"station_persistent_enabled": value(True)}).persistent


@pytest.mark.parametrize(
    "good", [{}, {"phone_label": value("x")}, {"webRtcCallAppearances": 50}, {"phone_media_dscp": value(0)}]
)
def test_possible_properties_pass(good: dict[str, Any]) -> None:
    check_properties(good, "properties")


@pytest.mark.parametrize(
    "bad", [{"webRtcCallAppearances": 51}, {"phone_media_dscp": value(-1)}, {"webRtcForceTurn": 1}]
)
def test_impossible_properties_are_named(bad: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        check_properties(bad, "lines[0].properties")
    assert refused.value.problems[0].field == f"lines[0].properties.{next(iter(bad))}.value.instance"


def station(station_id: str) -> Station:
    return Station(station_id, station_id, "phone", "line", "ada", StationSettings(), None, NOW)


def test_associating_remembers_and_says_whose_it_is() -> None:
    move = associate(PersonStations("ada"), station("a"), NOW)
    assert move.about is not None
    assert move.about.id == "a"
    assert move.after.associated is not None
    assert move.after.associated.associated_person_id == "ada"
    assert (move.after.associated_at, move.after.last) == (NOW, move.after.associated)
    assert associate(move.after, station("a"), NOW).about is None


def test_leaving_keeps_the_last_and_the_default() -> None:
    at_a = associate(PersonStations("ada", default=station("d")), station("a"), NOW).after
    move = disassociate(at_a)
    assert move.after.associated is None
    assert move.after.effective == station("d")
    assert move.after.last == at_a.last
    assert disassociate(move.after).about is None


def test_forgetting_takes_a_station_out_of_everything_and_leaves_others() -> None:
    at_a = associate(PersonStations("ada", default=station("a")), station("a"), NOW).after
    assert forget(at_a, "a").after == PersonStations("ada")
    other = PersonStations("ada", default=station("d"), last=station("a"))
    move = forget(other, "a")
    assert move.after == PersonStations("ada", default=station("d"))
    assert move.about == station("a")
    assert forget(other, "elsewhere") == type(move)(other, None)
