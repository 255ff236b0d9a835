"""``docs/compat.md`` says what the tests and the document say now."""

from contract.sdk.compat import PAGE, is_of_sdk, render


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text() == render(), "run scripts/compat"


def test_what_the_sdk_does_not_have_is_ours() -> None:
    assert is_of_sdk("getUsersMe")
    assert not is_of_sdk("postWfmScheduleAgentSwap")
