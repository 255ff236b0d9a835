import { Card, Chip, Skeleton, type Tone, Trouble } from '../design/components';
import { useMe } from '../identity/queries';
import type { ActivityCode, TimeOffRequest, TimeOffStatus } from '../wire/api';
import { fullDate, shortDate, weekdayName } from './dates';
import type { Offsets } from './offsets';
import { useMyTimeOff, useUnit, useZoneOffsets } from './queries';
import styles from './TimeOff.module.css';
import { requestLines, timeOffName } from './timeoff';

const STATUS: Record<TimeOffStatus, { tone: Tone; text: string }> = {
  PENDING: { tone: 'wait', text: 'Pending' },
  APPROVED: { tone: 'good', text: 'Approved' },
  DENIED: { tone: 'bad', text: 'Denied' },
  CANCELED: { tone: 'off', text: 'Cancelled' },
};

/** One's own requests for time off, each with its state. */
export function TimeOffCard() {
  const me = useMe().data;
  const requests = useMyTimeOff(me?.id);
  const unit = useUnit().data;
  const offsets = useZoneOffsets();
  return (
    <Card title="Time off requests" id="time-off">
      {requests.isError && !requests.data ? (
        <Trouble onRetry={() => void requests.refetch()}>
          Your requests could not be read: {requests.error.message}
        </Trouble>
      ) : requests.data && unit && offsets ? (
        <Requests requests={requests.data} codes={unit.codes} offsets={offsets} />
      ) : (
        <div className={styles.empty}>
          <Skeleton height="2.5rem" />
        </div>
      )}
    </Card>
  );
}

function Requests(props: { requests: TimeOffRequest[]; codes: ActivityCode[]; offsets: Offsets }) {
  const codes = new Map(props.codes.map((code) => [code.id, code]));
  if (props.requests.length === 0) return <p className={styles.empty}>You have not asked for time off.</p>;
  const rows = props.requests
    .map((request) => ({ request, lines: requestLines(request, props.offsets) }))
    .sort((a, b) => (b.lines[0]?.from ?? '').localeCompare(a.lines[0]?.from ?? ''));
  return (
    <ul className={styles.list}>
      {rows.map(({ request, lines }) => (
        <li key={request.id} className={styles.request}>
          <div className={styles.when}>
            {lines.map((line) => (
              <span key={line.from + line.hours}>
                {line.from !== line.to && `${weekdayName(line.from)} ${shortDate(line.from)} – `}
                {weekdayName(line.to)} {fullDate(line.to)}, {line.hours ?? 'all day'}
              </span>
            ))}
          </div>
          <span className={styles.what}>{timeOffName(request, codes)}</span>
          <Chip tone={STATUS[request.status].tone}>{STATUS[request.status].text}</Chip>
        </li>
      ))}
    </ul>
  );
}
