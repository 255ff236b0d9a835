import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useServices } from '../app/services';
import { Button, Card, Chip, Failure, Skeleton, Trouble, useSaid } from '../design/components';
import { Refusal } from '../foundation/api';
import { tellIn } from '../foundation/time';
import { useMe } from '../identity/queries';
import type { ActivityCode, OwnTimeOffChange, TimeOffRequest } from '../wire/api';
import { AskForTimeOff } from './AskForTimeOff';
import { Balances } from './Balances';
import { dateText, type Offsets, wallAt } from './offsets';
import { useMyTimeOff, useUnit, useZoneOffsets } from './queries';
import styles from './TimeOff.module.css';
import { lineText, requestLines, requestReasons, requestState, timeOffName } from './timeoff';

/** What is left of one's time off, the way to ask for more of it, and one's own requests, each with its state. */
export function TimeOffCard() {
  const me = useMe().data;
  const requests = useMyTimeOff(me?.id);
  const unit = useUnit().data;
  const offsets = useZoneOffsets();
  const [said, say] = useSaid();
  return (
    <Card
      title="Time off requests"
      id="time-off"
      actions={unit?.id && offsets && <AskForTimeOff unit={unit} offsets={offsets} onSaid={say} />}
    >
      {said}
      {unit?.id && offsets && <Balances codes={unit.codes} offsets={offsets} />}
      {requests.isError && !requests.data ? (
        <Missing error={requests.error} onRetry={() => void requests.refetch()} />
      ) : requests.data && unit && offsets ? (
        <Requests
          requests={requests.data}
          codes={unit.codes}
          zone={unit.timeZone ?? 'UTC'}
          offsets={offsets}
          onSaid={say}
        />
      ) : (
        <div className={styles.empty}>
          <Skeleton height="2.5rem" />
        </div>
      )}
    </Card>
  );
}

function Missing({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (error instanceof Refusal && error.status === 403) {
    return <p className={styles.empty}>You cannot ask for time off: {error.message}</p>;
  }
  return <Trouble onRetry={onRetry}>Your requests could not be read: {error.message}</Trouble>;
}

interface RequestsProps {
  requests: TimeOffRequest[];
  codes: ActivityCode[];
  zone: string;
  offsets: Offsets;
  onSaid: (sentence: string) => void;
}

function Requests(props: RequestsProps) {
  const codes = new Map(props.codes.map((code) => [code.id, code]));
  const { clock } = useServices();
  if (props.requests.length === 0) return <p className={styles.empty}>You have not asked for time off.</p>;
  const today = dateText(wallAt(props.offsets, clock.now()));
  const rows = props.requests
    .map((request) => ({ request, lines: requestLines(request, props.offsets) }))
    .sort((a, b) => (b.lines[0]?.from ?? '').localeCompare(a.lines[0]?.from ?? ''));
  return (
    <ul className={styles.list}>
      {rows.map(({ request, lines }) => (
        <li key={request.id} className={styles.request}>
          <div className={styles.when}>
            {lines.map((line) => (
              <span key={line.from + line.hours}>{lineText(line)}</span>
            ))}
          </div>
          <span className={styles.what}>{timeOffName(request, codes)}</span>
          <State request={request} />
          {request.notes && <p className={styles.note}>{request.notes}</p>}
          {requestReasons(request).map((sentence) => (
            <p key={sentence} className={styles.note}>
              {tellIn(props.zone, sentence)}
            </p>
          ))}
          {isOpen(request) && lines.every(({ from }) => from >= today) && (
            <Cancel request={request} when={lines.map(lineText).join('; ')} {...props} />
          )}
        </li>
      ))}
    </ul>
  );
}

function State({ request }: { request: TimeOffRequest }) {
  const { tone, text } = requestState(request);
  return <Chip tone={tone}>{text}</Chip>;
}

const isOpen = ({ status }: TimeOffRequest) => status === 'PENDING' || status === 'APPROVED';

function Cancel(props: { request: TimeOffRequest; when: string } & RequestsProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () =>
      api.patch(`/workforcemanagement/timeoffrequests/${props.request.id}`, {
        status: 'CANCELED',
      } satisfies OwnTimeOffChange),
    onSuccess: () => props.onSaid(`Cancelled: ${props.when}.`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['schedule'] }),
  });
  return (
    <div className={styles.action}>
      {cancel.isError && <Failure>Not cancelled: {tellIn(props.zone, cancel.error.message)}</Failure>}
      <Button
        look="quiet"
        aria-label={`Cancel ${props.when}`}
        onPress={() => !cancel.isPending && cancel.mutate()}
      >
        Cancel
      </Button>
    </div>
  );
}
