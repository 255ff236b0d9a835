import pytest

from shiftline.signalling.model import expand_topic


@pytest.mark.parametrize(
    ("topic", "single"),
    [
        ("v2.users.u-1.presence", ("v2.users.u-1.presence",)),
        ("v2.users.u-1?conversations&station", ("v2.users.u-1.conversations", "v2.users.u-1.station")),
        ("v2.users.u-1?station&station", ("v2.users.u-1.station",)),
        ("v2.users.u-1?a.b&c", ("v2.users.u-1.a.b", "v2.users.u-1.c")),
        ("v2.system.token_revoked.x", ("v2.system.token_revoked.x",)),
    ],
)
def test_a_combined_topic_means_several(topic: str, single: tuple[str, ...]) -> None:
    assert expand_topic(topic) == single


@pytest.mark.parametrize("topic", ["", ".", "a..b", "a b", "a?", "a?b&", "a?b?c", "ä.b", "a.<b>", "x" * 201])
def test_what_is_no_topic_is_refused(topic: str) -> None:
    with pytest.raises(ValueError, match="topic"):
        expand_topic(topic)
