import { useState } from 'react';
import { AskPanel, done } from '../design/AskPanel';
import { Button, Failure, Skeleton, useSaid } from '../design/components';
import { NoteField } from '../design/fields';
import { messageOf, tell } from '../foundation/refusals';
import { stopwatch } from '../foundation/time';
import { holds } from '../identity/permissions';
import { useMe, useNames, usePermissions } from '../identity/queries';
import { Missing } from '../team/Missing';
import type { Note } from './notes';
import { placeNote } from './notes';
import styles from './Player.module.css';
import { useAddNote, useNotes, useRemoveNote } from './queries';
import type { RecordedCall } from './recorded';

export interface NotesProps {
  call: RecordedCall;
  total: number;
  /** Where it is played, in seconds. */
  positionNow: () => number;
  onJump: (at: number) => void;
}

/** What people noted on a call, each a way to its place, and the way to note something where it is played. */
export function Notes(props: NotesProps) {
  const permissions = usePermissions().data ?? [];
  if (!holds(permissions, 'recording:annotation:view')) return null;
  return (
    <Noted
      {...props}
      mayAdd={holds(permissions, 'recording:annotation:add')}
      mayRemove={holds(permissions, 'recording:annotation:delete')}
    />
  );
}

function Noted(props: NotesProps & { mayAdd: boolean; mayRemove: boolean }) {
  const { call, onJump } = props;
  const [said, say] = useSaid();
  const me = useMe().data?.id;
  const found = useNotes(call);
  const names = useNames(found.data?.map(({ madeBy }) => madeBy) ?? []);
  const remove = useRemoveNote(call);
  const take = async (note: Note) => {
    if (await done(remove.mutateAsync(note))) say('The note is gone.');
  };
  return (
    <section aria-label="Notes" className={styles.notes}>
      {said}
      {found.isError && !found.data ? (
        <Missing what="Notes" error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height="1.5rem" />
      ) : found.data.length === 0 ? (
        <p className={styles.quiet}>Nobody noted anything yet.</p>
      ) : (
        <ol className={styles.marks} aria-label="What people noted">
          {found.data.map((note) => (
            <li key={note.id} className={styles.note}>
              <Button look="quiet" onPress={() => onJump(note.at)}>
                <span className={styles.at}>{stopwatch(note.at * 1000)}</span>
                <span className={styles.noteText}>
                  {note.text}
                  {note.madeBy !== null && (
                    <span className={styles.quiet}> {names.get(note.madeBy) ?? note.madeBy}</span>
                  )}
                </span>
              </Button>
              {props.mayRemove && note.madeBy === me && (
                <Button
                  look="quiet"
                  aria-label={`Take away: ${note.text}`}
                  isDisabled={remove.isPending}
                  onPress={() => void take(note)}
                >
                  Take away
                </Button>
              )}
            </li>
          ))}
        </ol>
      )}
      {remove.isError && <Failure>Not taken away: {messageOf(remove.error)}</Failure>}
      {props.mayAdd && <Adding {...props} onSaid={say} />}
    </section>
  );
}

function Adding({ call, positionNow, onSaid }: NotesProps & { onSaid: (sentence: string) => void }) {
  const [at, setAt] = useState(0);
  const [text, setText] = useState('');
  const add = useAddNote(call);
  const told = tell(add.error, ['description', 'location'], 'Not noted');
  const [isEmpty, setEmpty] = useState(false);
  const go = async () => {
    const description = text.trim();
    setEmpty(description === '');
    if (description === '') return false;
    if (!(await done(add.mutateAsync({ ...placeNote(call.legs, at), description })))) return false;
    setText('');
    onSaid(`Noted at ${stopwatch(at * 1000)}.`);
    return true;
  };
  return (
    <div>
      <AskPanel
        button={
          <Button
            onPress={() => {
              setAt(positionNow());
              setEmpty(false);
              add.reset();
            }}
          >
            Note something here
          </Button>
        }
        title={`Note at ${stopwatch(at * 1000)}`}
        act="Note it"
        problem={isEmpty ? 'Say what is to be noted.' : (told.at('location') ?? told.sentence)}
        onAct={go}
      >
        <NoteField label="What is there" value={text} onChange={setText} problem={told.at('description')} />
      </AskPanel>
    </div>
  );
}
