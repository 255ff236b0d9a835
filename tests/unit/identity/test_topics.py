"""Tokens that come and go, on the vendor's topics."""

from datetime import UTC, datetime

from shiftline.identity.events import PasswordSet, TokenIssued, TokensRevoked
from shiftline.identity.topics import notifications

NOW = datetime(2023, 10, 27, 10, 45, tzinfo=UTC)


def issued(person_id: str | None) -> TokenIssued:
    return TokenIssued(
        organization_id="o",
        digest="ab",
        person_id=person_id,
        client_id="c",
        issued_at=NOW,
        expires_at=NOW,
        address="192.0.2.1",
    )


def test_a_persons_new_token_is_told_to_them_and_a_programs_to_nobody() -> None:
    [told] = notifications(issued("p"))
    assert (told.organization_id, told.topic) == ("o", "v2.users.p.tokens")
    assert (told.body["tokenHash"], told.body["ipAddress"]) == ("ab", "192.0.2.1")
    assert notifications(issued(None)) == []


def test_revoked_tokens_are_told_with_the_reason() -> None:
    [told] = notifications(TokensRevoked(organization_id="o", person_id="p", reason="signed out", digests=("ab",)))
    assert told.topic == "v2.system.token_revoked.p"
    assert (told.body["systemTopicType"], told.body["userId"]) == ("token_revoked", "p")
    assert "signed out" in told.body["message"]


def test_other_news_is_none_of_theirs() -> None:
    assert notifications(PasswordSet(organization_id="o", person_id="p")) == []
