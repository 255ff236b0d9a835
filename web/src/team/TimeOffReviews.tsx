import { useState } from 'react';
import { Button, Card, Failure, Skeleton, useSaid } from '../design/components';
import { NoteField } from '../design/fields';
import { saying } from '../foundation/queries';
import { lengthText } from '../foundation/time';
import { lineText, requestLines, requestReasons, timeOffName } from '../schedule/timeoff';
import { nameOf, type Reader, told } from '../trades/trades';
import type { ActivityCode, FiledTimeOff, ManagementUnit } from '../wire/api';
import { Missing } from './Missing';
import { useCodes, useDecideTimeOff, usePendingTimeOff } from './queries';
import styles from './Team.module.css';
import { useUnitReader } from './zone';

/** The requests for time off that wait for a decision. */
export function TimeOffReviews({ unit }: { unit: ManagementUnit }) {
  const [said, say] = useSaid();
  const pending = usePendingTimeOff(unit);
  const codes = useCodes(unit).data ?? [];
  const reader = useUnitReader(
    unit,
    (pending.data ?? []).map(({ user }) => user.id),
  );
  return (
    <Card title="Time off to approve" id="time-off-reviews">
      {said}
      {pending.isError && !pending.data ? (
        <Missing what="Requests" error={pending.error} onRetry={() => void pending.refetch()} />
      ) : !pending.data ? (
        <Skeleton height="4rem" />
      ) : pending.data.length === 0 ? (
        <p className={styles.quiet}>No request for time off waits for approval.</p>
      ) : (
        <ul className={styles.list}>
          {pending.data.map((request) => (
            <li key={request.id}>
              <Request request={request} unit={unit} codes={codes} reader={reader} onSaid={say} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Request(props: {
  request: FiledTimeOff;
  unit: ManagementUnit;
  codes: ActivityCode[];
  reader: Reader;
  onSaid: (sentence: string) => void;
}) {
  const { request, reader } = props;
  const [notes, setNotes] = useState(request.notes ?? '');
  const decide = useDecideTimeOff(props.unit);
  const when = requestLines(request, reader.offsets).map(lineText).join('; ');
  const who = nameOf(request.user.id, reader);
  const text = `${who}, ${when}`;
  const give = (status: 'APPROVED' | 'DENIED') => {
    if (decide.isPending) return;
    saying(decide.mutateAsync({ request, status, notes: notes.trim() }), (decided) =>
      props.onSaid(saidOf(decided, text, reader)),
    );
  };
  const minutes = request.durationMinutes.reduce((sum, each) => sum + each, 0);
  return (
    <article className={styles.review} aria-label={text}>
      <h3 className={styles.title}>{text}</h3>
      <p className={styles.quiet}>
        {timeOffName(request, new Map(props.codes.map((code) => [code.id, code])))}, {lengthText(minutes)} in
        all, {request.paid ? 'paid' : 'unpaid'}
      </p>
      {requestReasons(request).map((sentence) => (
        <p key={sentence} className={styles.note}>
          {told(sentence, reader)}
        </p>
      ))}
      <div className={styles.answer}>
        <NoteField label="Note, which the agent sees" value={notes} onChange={setNotes} />
      </div>
      {decide.isError && <Failure>Not decided: {told(decide.error.message, reader)}</Failure>}
      <div className={styles.actions}>
        <Button look="primary" aria-label={`Approve: ${text}`} onPress={() => give('APPROVED')}>
          Approve
        </Button>
        <Button aria-label={`Deny: ${text}`} onPress={() => give('DENIED')}>
          Deny
        </Button>
      </div>
    </article>
  );
}

/** What was done, and what it met in the schedule. */
function saidOf(decided: FiledTimeOff, text: string, reader: Reader): string {
  const met = requestReasons(decided).map((sentence) => told(sentence, reader));
  return [`${decided.status === 'APPROVED' ? 'Approved' : 'Denied'}: ${text}.`, ...met].join(' ');
}
