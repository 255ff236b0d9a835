"""What every question of access has in common over HTTP."""

from datetime import datetime
from typing import Annotated

from litestar.params import Parameter
from msgspec import Meta

from shiftline.access.model.connecting import OF_CALLS, Question
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import to_instant

FOR_ALL = {"even_if_barred": True}
TAGS = ["Shiftline Access"]

YEARS = range(1990, 2201)

At = Annotated[datetime | None, Meta(tz=True)]
UserId = Annotated[str, Parameter(query="userId", max_length=100)]
ConversationId = Annotated[str | None, Parameter(query="conversationId", min_length=1, max_length=100)]
QueueId = Annotated[str | None, Parameter(query="queueId", min_length=1, max_length=100)]


def instant(moment: datetime | None, field: str) -> datetime | None:
    """An instant as it stood in the query, in UTC. Raises Invalid naming the field."""
    # What the type says of a zone is not looked at where a value stands in the query.
    if moment is None:
        return None
    if moment.year not in YEARS:
        raise Invalid(Problem(field, "the year must be from 1990 to 2200.", "invalid.date"))
    return to_instant(moment, field)


def check(question: Question) -> None:
    """A queue and a conversation belong to what is received or recorded. Raises Invalid."""
    if question.action in OF_CALLS:
        return
    for field, value in (("conversationId", question.conversation_id), ("queueId", question.queue_id)):
        if value is not None:
            raise Invalid(Problem(field, f"has a meaning only with the action {' or '.join(OF_CALLS)}."))


def person(context: Context, user_id: str) -> str:
    """The id of the person meant; ``me`` is the caller. Raises Invalid."""
    if user_id != "me":
        return user_id
    if context.actor.person_id is None:
        raise Invalid(Problem("userId", "a client-credentials token has no user: name one."))
    return context.actor.person_id
