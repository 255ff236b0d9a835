"""Tokens that come and go, on the vendor's topics. Source: UserTokensTopicTokenNotification, SystemMessageSystemMessage."""

from shiftline.foundation.events import Event, Notification, Topic
from shiftline.identity.events import TokenIssued, TokensRevoked

TOPICS: tuple[Topic, ...] = (
    Topic(
        pattern="v2.users.{id}.tokens",
        description="An access token was issued to a user.",
        permissions=("oauth:token:delete",),
        own=True,
    ),
    Topic(
        pattern="v2.system.token_revoked.{id}",
        description="Tokens of a user were revoked; the id is the user's.",
        permissions=("oauth:token:delete",),
        own=True,
    ),
)


def notifications(happened: Event) -> list[Notification]:
    """The messages that an event makes."""
    match happened:
        case TokenIssued(person_id=str() as person_id):
            body = {
                "user": {"id": person_id, "selfUri": f"/api/v2/users/{person_id}"},
                "ipAddress": happened.address,
                "dateCreated": happened.issued_at,
                "tokenExpirationDate": happened.expires_at,
                "clientId": happened.client_id,
                "tokenHash": happened.digest,
            }
            return [Notification(happened.organization_id, f"v2.users.{person_id}.tokens", body)]
        case TokensRevoked():
            body = {
                "systemTopicType": "token_revoked",
                "organizationId": happened.organization_id,
                "userId": happened.person_id,
                "reason": "user_tokens_revoked",
                "message": f"{len(happened.digests)} of your tokens ended: {happened.reason}.",
            }
            return [Notification(happened.organization_id, f"v2.system.token_revoked.{happened.person_id}", body)]
        case _:
            return []
