"""A limit goes from days to quarter hours or back, with all its values; whoever waits and fits then is approved."""

from collections.abc import Sequence

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.workforce.timeoff.errors import ConversionNotFound
from shiftline.workforce.timeoff.model import ALL_DAYS, Conversion, Days, Granularity, Limit
from shiftline.workforce.timeoff.operations.keeping import fill_in, find_waiting_in, hold_in
from shiftline.workforce.timeoff.operations.limits import find_limit_in, hold_limit_in, record_limit
from shiftline.workforce.timeoff.rules.limits import convert_values
from shiftline.workforce.timeoff.store import limits as store
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.operations.management_units import find_management_unit

VIEW, EDIT = "wfm:timeOffLimit:view", "wfm:timeOffLimit:edit"


async def convert_limit(
    context: Context, business_unit_id: str, limit_id: str, granularity: Granularity, full_day_start: int | None
) -> Conversion:
    """Turn a limit and all its values into another granularity; the minutes of each day stay what they are.

    The same again is the conversion that was. What a day bears is spread evenly over its quarter hours, or summed up. Raises BusinessUnitNotFound, LimitNotFound,
    Invalid.
    """
    async with context.transaction() as tx:
        unit = await find_business_unit(tx, context.organization_id, business_unit_id)
        require(context, EDIT, division_id=unit.division_id)
        limit = await hold_limit_in(tx, business_unit_id, limit_id)
        if limit.granularity is granularity:
            done = await store.list_conversions(tx, context.organization_id, limit)
            if done:
                return done[0]
            sentence = f"the limit's granularity is {granularity} already; name the other one."
            raise Invalid(Problem("granularity", sentence, "timeoff.limit.granularity"))
        zone = (await find_management_unit(tx, context.organization_id, limit.management_unit_id)).zone
        values = await store.find_values(tx, context.organization_id, limit, ALL_DAYS)
        waiting = await find_waiting_in(tx, limit.management_unit_id, None)
        await hold_in(tx, waiting)
        await store.put_values(tx, limit, convert_values(values, granularity, zone))
        await store.convert_limit(tx, limit, granularity, full_day_start)
        days = Days(min(values), max(values)) if values else None
        made = Conversion(new_id(), limit, granularity, len(values), days)
        await store.insert_conversion(tx, made)
        record_limit(tx, limit, limit.stamp.version + 1, days=len(values))
        await fill_in(tx, [each.id for each in waiting])
        return made


async def get_conversion(context: Context, business_unit_id: str, limit_id: str, conversion_id: str) -> Conversion:
    """One conversion of a limit. Raises BusinessUnitNotFound, LimitNotFound, ConversionNotFound."""
    for conversion in await list_conversions(context, business_unit_id, limit_id):
        if conversion.id == conversion_id:
            return conversion
    raise ConversionNotFound(conversion_id)


async def list_conversions(context: Context, business_unit_id: str, limit_id: str) -> Sequence[Conversion]:
    """A limit's conversions, the latest first. Raises BusinessUnitNotFound, LimitNotFound."""
    async with context.reader() as reader:
        limit = await _find(reader, context, business_unit_id, limit_id)
        return await store.list_conversions(reader, context.organization_id, limit)


async def _find(reader: Reader, context: Context, business_unit_id: str, limit_id: str) -> Limit:
    unit = await find_business_unit(reader, context.organization_id, business_unit_id)
    require(context, VIEW, division_id=unit.division_id)
    return await find_limit_in(reader, context, business_unit_id, limit_id)
