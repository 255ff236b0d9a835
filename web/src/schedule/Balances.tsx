import { useQuery } from '@tanstack/react-query';
import { useServices } from '../app/services';
import { Refusal } from '../foundation/api';
import { readAgainIn } from '../foundation/queries';
import { lengthText } from '../foundation/time';
import type { ActivityCode, TimeOffBalanceQuery, TimeOffBalances } from '../wire/api';
import { type Balance, balancesOf } from './balances';
import { dateText, type Offsets, wallAt } from './offsets';
import styles from './TimeOff.module.css';

const PATIENCE = 20;
const PAUSE_MS = 500;

/** What is left of each kind of time off today; nothing where nobody keeps count. */
export function Balances({ codes, offsets }: { codes: ActivityCode[]; offsets: Offsets }) {
  const balances = useBalances(codes, offsets).data ?? [];
  if (balances.length === 0) return null;
  return (
    <dl className={styles.balances} aria-label="What is left today">
      {balances.map(({ codeId, name, minutes }) => (
        <div key={codeId}>
          <dt>{name}</dt>
          <dd data-short={minutes < 0 || undefined}>
            {minutes < 0 ? `${lengthText(-minutes)} too much taken` : `${lengthText(minutes)} left`}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function useBalances(codes: ActivityCode[], offsets: Offsets) {
  const { api, clock } = useServices();
  const kinds = codes.filter(({ category, active }) => category === 'TimeOff' && active);
  const today = dateText(wallAt(offsets, clock.now()));
  return useQuery({
    // With the requests, which change what is left.
    queryKey: ['schedule', 'time-off', 'balances', today, kinds.map(({ id }) => id).join()],
    enabled: kinds.length > 0,
    queryFn: async ({ signal }): Promise<Balance[]> => {
      const asked: TimeOffBalanceQuery = {
        activityCodeIds: kinds.map(({ id }) => id),
        dateRanges: [{ startDate: today, endDate: today }],
      };
      try {
        let found = await api.post<TimeOffBalances>(
          '/workforcemanagement/timeoffbalance/jobs',
          asked,
          signal,
        );
        const jobId = found.job?.id;
        for (let asks = 0; !found.entities && jobId && asks < PATIENCE; asks += 1) {
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
          found = await api.get<TimeOffBalances>(`/workforcemanagement/timeoffbalance/jobs/${jobId}`, signal);
        }
        return balancesOf(found.entities ?? [], kinds, today);
      } catch (error) {
        // A server that keeps no balances, and whoever may not see theirs.
        if (error instanceof Refusal && [403, 404, 405].includes(error.status)) return [];
        throw error;
      }
    },
    refetchInterval: (query) => readAgainIn('none', query),
  });
}
