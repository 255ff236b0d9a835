import { useMemo } from 'react';
import { useServices } from '../app/services';
import { useMe, useNames } from '../identity/queries';
import { DAY, offsetsFromBrowser } from '../schedule/offsets';
import type { Reader } from '../trades/trades';
import type { ManagementUnit } from '../wire/api';

/** Who reads of a unit: in its zone, with the names of some people. */
export function useUnitReader(unit: ManagementUnit, people: Iterable<string>): Reader {
  const { clock } = useServices();
  const meId = useMe().data?.id ?? '';
  const names = useNames(people);
  const zone = unit.timeZone;
  const offsets = useMemo(() => {
    const now = clock.now();
    return offsetsFromBrowser(zone, now - 400 * DAY, now + 400 * DAY);
  }, [zone, clock]);
  return { meId, names, zone, offsets };
}
