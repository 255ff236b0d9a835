"""What happens to wishes without a caller."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every
from shiftline.workforce.preferences.operations.validations import forget_validations


@every(timedelta(hours=1))
async def forget_old_validations(context: Context) -> None:
    """Validations are kept for a day."""
    await forget_validations(context)
