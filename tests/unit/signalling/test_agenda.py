from shiftline.signalling.agenda import Agenda


def test_what_is_due_comes_in_its_order() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.add(3.0, "c")
    agenda.add(1.0, "a")
    agenda.add(2.0, "b")
    agenda.add(2.0, "b2")
    assert list(agenda.due(0.9)) == []
    assert list(agenda.due(2.0)) == ["a", "b", "b2"]
    assert list(agenda.due(9.0)) == ["c"]
    assert len(agenda) == 0


def test_a_cancelled_appointment_passes_unnoticed_and_frees_its_item() -> None:
    agenda: Agenda[list[int]] = Agenda()
    item = [1]
    appointment = agenda.add(1.0, item)
    agenda.cancel(appointment)
    assert item not in appointment
    assert list(agenda.due(2.0)) == []


def test_what_is_added_meanwhile_is_seen() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.add(1.0, "a")
    seen: list[str] = []
    for item in agenda.due(2.0):
        seen.append(item)
        if len(seen) < 3:
            agenda.add(1.5, item * 2)
    assert seen == ["a", "aa", "aaaa"]
