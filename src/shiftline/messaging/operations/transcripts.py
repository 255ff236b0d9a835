"""A conversation's whole transcript, for this room and others."""

from shiftline.conversations.operations.conversations import find_conversation
from shiftline.foundation.database import Reader
from shiftline.messaging import store
from shiftline.messaging.model import WRITTEN, Transcript


async def transcript_of(reader: Reader, organization_id: str, conversation_id: str) -> Transcript | None:
    """A conversation's whole transcript with where its files are kept, for other rooms; None: no such written conversation.

    ``objects`` maps each SHA-256 (hex) of an attachment or a raw e-mail to its key among the objects.
    """
    conversation = await find_conversation(reader, organization_id, conversation_id)
    if conversation is None or conversation.medium not in WRITTEN:
        return None
    written = await store.list_messages(reader, organization_id, conversation_id)
    digests = {each.sha256 for message in written for each in message.attachments}
    digests |= {message.raw_sha256 for message in written if message.raw_sha256 is not None}
    return Transcript(
        conversation_id=conversation_id,
        medium=conversation.medium,
        messages=tuple(written),
        head=written[-1].digest if written else bytes(32),
        objects={digest: object_key(organization_id, digest) for digest in sorted(digests)},
    )


def object_key(organization_id: str, sha256: str) -> str:
    """Where a content is kept: by its digest, each organization's apart."""
    return f"messaging/{organization_id}/{sha256[:2]}/{sha256}"
