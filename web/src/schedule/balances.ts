import type { ActivityCode, TimeOffBalance } from '../wire/api';
import { DAY } from './offsets';

/** What is left of one kind of time off; negative where more was taken than there was. */
export interface Balance {
  codeId: string;
  name: string;
  minutes: number;
}

/** What is left on a day, of each kind that is counted, by name. */
export function balancesOf(balances: TimeOffBalance[], codes: ActivityCode[], date: string): Balance[] {
  const names = new Map(codes.map(({ id, name }) => [id, name]));
  return balances
    .flatMap(({ activityCodeId, startDate, balanceMinutesPerDay }): Balance[] => {
      const days = Math.round((Date.parse(date) - Date.parse(startDate)) / DAY);
      const minutes = balanceMinutesPerDay[days];
      const name = names.get(activityCodeId ?? '');
      if (!activityCodeId || name === undefined || minutes === undefined) return [];
      return [{ codeId: activityCodeId, name, minutes }];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}
