"""The room's statements, and the values that most of them take."""

from shiftline.foundation.database import Queries, Row, Transaction
from shiftline.workforce.units.model import Stamp

SQL = Queries.beside(__file__)


def mark(tx: Transaction) -> Row:
    """Whose organization, who, when (application time)."""
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def stamp_of(row: Row) -> Stamp:
    """The version, and who made and last changed a row."""
    return Stamp(row["version"], row["created_by"], row["created_at"], row["changed_by"], row["since"])


def fresh_stamp(tx: Transaction) -> Stamp:
    """The stamp of what the transaction makes."""
    by, now = tx.context.actor.id, tx.context.now()
    return Stamp(1, by, now, by, now)
