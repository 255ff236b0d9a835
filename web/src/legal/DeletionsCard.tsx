import { useState } from 'react';
import { AskPanel, done } from '../design/AskPanel';
import { Button, Card, Chip, Failure, Skeleton, useSaid } from '../design/components';
import { NoteField } from '../design/fields';
import { useMe, useNames } from '../identity/queries';
import { Missing } from '../team/Missing';
import type { Deletion } from '../wire/api';
import styles from './Legal.module.css';
import { isOwn, sentenceOf, utcText } from './legal';
import { useApprove, useDeletions, useWithdraw } from './queries';

type May = (asked: string) => boolean;

/** Recordings that are marked for deletion: what waits for a second person first. */
export function DeletionsCard({ may }: { may: May }) {
  const [said, say] = useSaid();
  const found = useDeletions();
  const deletions = [...(found.data?.entities ?? [])].sort(
    (a, b) => Number(a.approvedBy !== null) - Number(b.approvedBy !== null),
  );
  const names = useNames(deletions.flatMap(({ askedBy, approvedBy }) => [askedBy.id, approvedBy?.id]));
  return (
    <Card title="Marked for deletion" id="deletions">
      {said}
      {found.isError && !found.data ? (
        <Missing what="Deletions" error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height="3rem" />
      ) : deletions.length === 0 ? (
        <p className={styles.quiet}>No recording is marked for deletion.</p>
      ) : (
        <ul aria-label="Recordings marked for deletion" className={styles.list}>
          {deletions.map((deletion) => (
            <Line
              key={deletion.id}
              deletion={deletion}
              nameOf={(id) => names.get(id) ?? id}
              may={may}
              onSaid={say}
            />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Line(props: {
  deletion: Deletion;
  nameOf: (id: string) => string;
  may: May;
  onSaid: (sentence: string) => void;
}) {
  const { deletion, nameOf, may, onSaid } = props;
  const me = useMe().data?.id;
  const approve = useApprove();
  const own = isOwn(deletion, me);
  const waits = deletion.approvedBy === null;
  const go = async () => {
    if (approve.isPending) return;
    try {
      await approve.mutateAsync(deletion.id);
      onSaid(`Approved: recording ${deletion.recordingId} is destroyed after ${utcText(deletion.dateDue)}.`);
    } catch {
      // The line says why.
    }
  };
  return (
    <li className={styles.deletion}>
      <span className={styles.words}>
        <strong>{deletion.reason}</strong>{' '}
        <span className={styles.quiet}>Recording {deletion.recordingId}</span>
      </span>
      <Chip tone={waits ? 'wait' : 'bad'}>
        {waits ? 'Waits for a second person' : `Destroyed after ${utcText(deletion.dateDue)}`}
      </Chip>
      <span className={styles.quiet}>
        {deletion.cause === 'retention' ? 'Date set by ' : 'Asked for by '}
        {nameOf(deletion.askedBy.id)}, {utcText(deletion.dateMarked)}
        {deletion.approvedBy && `; approved by ${nameOf(deletion.approvedBy.id)}`}
        {waits && own && '. Somebody else must approve it.'}
      </span>
      <span className={styles.actions}>
        {waits && !own && may('recording:deletion:approve') && (
          <Button look="danger" aria-label={`Approve: ${deletion.reason}`} onPress={() => void go()}>
            Approve
          </Button>
        )}
        {(may('recording:deletion:approve') || may('recording:deletion:mark')) && (
          <Withdrawing deletion={deletion} onSaid={onSaid} />
        )}
      </span>
      {approve.isError && <Failure>Not approved: {sentenceOf(approve.error)}</Failure>}
    </li>
  );
}

function Withdrawing({ deletion, onSaid }: { deletion: Deletion; onSaid: (sentence: string) => void }) {
  const [reason, setReason] = useState('');
  const withdraw = useWithdraw();
  const go = async () => {
    if (!(await done(withdraw.mutateAsync({ id: deletion.id, reason })))) return false;
    onSaid(`Kept: recording ${deletion.recordingId} is not marked any more.`);
    return true;
  };
  return (
    <AskPanel
      button={
        <Button look="quiet" aria-label={`Keep it: ${deletion.reason}`}>
          Keep it
        </Button>
      }
      title="Keep the recording?"
      act="Keep it"
      problem={withdraw.isError ? `Still marked: ${sentenceOf(withdraw.error)}` : null}
      onAct={go}
    >
      <NoteField label="Why" value={reason} onChange={setReason} />
    </AskPanel>
  );
}
