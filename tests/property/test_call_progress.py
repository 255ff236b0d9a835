"""Whatever news of calls comes, in whatever order and however often: a softphone hears of each call forward only."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from shiftline.calls.events import SoftphoneTold
from shiftline.signalling.extensions.calls.progress import Progress
from shiftline.signalling.stanza import parse_frame

TAB, OTHER = "agent1@org.localhost/tab", "agent1@org.localhost/other"
SESSIONS = ("S1", "S2")
WORDS = st.text(st.sampled_from("<>&\"'\0\n\\ ") | st.characters(exclude_categories=["Cs"]), max_size=20)
NEWS = st.builds(
    SoftphoneTold,
    organization_id=st.just("org-1"),
    person_id=st.just("person-1"),
    leg_id=WORDS,
    session_id=st.sampled_from(SESSIONS),
    conversation_id=WORDS,
    kind=st.sampled_from(("propose", "offer", "candidate", "retract", "terminate")),
    jid=st.sampled_from((None, TAB, OTHER)),
    auto_answer=st.booleans(),
    persistent=st.booleans(),
    reinvite=st.booleans(),
    reason=st.none() | WORDS,
)
ORDER = ["propose", "offer", "terminate", "retract"]


def said(frame: str) -> tuple[str, str]:
    """Of which session a frame says what."""
    element = parse_frame(frame, 10_000)
    (child,) = element.children
    assert element.get("to") == TAB
    if element.local_name == "message":
        return child.get("id") or "", child.local_name
    call = json.loads(child.text)
    return call["params"]["sessionId"], call["method"]


@settings(max_examples=300, deadline=None)
@given(
    news=st.lists(st.tuples(NEWS, st.booleans()), max_size=16),
    offers=st.dictionaries(st.sampled_from(SESSIONS), WORDS),
)
def test_a_call_only_moves_forward(news: list[tuple[SoftphoneTold, bool]], offers: dict[str, str]) -> None:
    progress, heard = Progress(TAB), {session_id: list[str]() for session_id in SESSIONS}
    for told, is_orphan in news:
        for frame in progress.tell(told, offers, is_orphan=is_orphan):
            session_id, word = said(frame)
            assert session_id == told.session_id
            assert word not in {"propose", "offer"} or told.jid != OTHER
            heard[session_id].append(word)
    for words in heard.values():
        assert words == sorted(set(words), key=ORDER.index)


@settings(max_examples=100, deadline=None)
@given(sessions=st.lists(st.integers(0, 80).map(str), max_size=200))
def test_the_latest_calls_are_remembered(sessions: list[str]) -> None:
    progress = Progress(TAB)
    for session_id in sessions:
        told = SoftphoneTold(
            organization_id="o", person_id="p", leg_id="l", session_id=session_id, conversation_id="c", kind="propose"
        )
        progress.tell(told, {}, is_orphan=False)
        assert progress.tell(told, {}, is_orphan=False) == ()
