"""The room's statements, and the values that most of them take."""

from shiftline.foundation.database import Queries, Row, Transaction

SQL = Queries.beside(__file__)


def mark(tx: Transaction) -> Row:
    """Whose organization, who, when (application time)."""
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}
