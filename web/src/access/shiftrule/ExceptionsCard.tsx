import { useState } from 'react';
import { AskPanel, done } from '../../design/AskPanel';
import { Button, Card, Chip, useSaid } from '../../design/components';
import { LineField, NoteField } from '../../design/fields';
import { tell } from '../../foundation/refusals';
import { dayAndTime, placeOf } from '../../foundation/time';
import type { ShiftException } from '../../wire/api';
import styles from '../Asking.module.css';
import { SubjectFields } from '../ChangeFields';
import { useOffsets } from '../queries';
import { NO_SUBJECT } from '../trying';
import { KeptList, STANDING } from './KeptList';
import { useEndException, useExcept, useExceptions } from './queries';
import { exceptionOf, kindText, STATES, type TypedException } from './rule';

type Say = (sentence: string) => void;

/** Whom the shift rule does not concern: people, roles and divisions, each with its reason. */
export function ExceptionsCard({ zone, mayEdit }: { zone: string; mayEdit: boolean }) {
  const [said, say] = useSaid();
  const [shown, show] = useState(STANDING);
  const found = useExceptions(shown);
  return (
    <Card title="Exceptions" id="exceptions" actions={mayEdit && <Excepting zone={zone} onSaid={say} />}>
      {said}
      <KeptList
        what="Exceptions"
        found={found}
        shown={shown}
        onShow={show}
        none="Nobody is excepted: while the rule is on it concerns everybody."
      >
        {(kept) => <Line key={kept.id} kept={kept} zone={zone} mayEdit={mayEdit} onSaid={say} />}
      </KeptList>
    </Card>
  );
}

const nameOf = ({ subject }: ShiftException) => subject.name ?? subject.id;

function Line(props: { kept: ShiftException; zone: string; mayEdit: boolean; onSaid: Say }) {
  const { kept, zone, mayEdit, onSaid } = props;
  const { tone, text } = STATES[kept.state];
  const at = (instant: string) => dayAndTime(Date.parse(instant), zone);
  const until = kept.endsAt === null ? 'With no end' : `Until ${at(kept.endsAt)}`;
  return (
    <li className={styles.row}>
      <div className={styles.rowHead}>
        <span className={styles.rowTold}>
          <span className={styles.rowTitle}>
            {nameOf(kept)} <Chip tone="off">{kindText(kept.kind)}</Chip>
            {kept.state !== 'standing' && <Chip tone={tone}>{text}</Chip>}
          </span>
          <span className={styles.words}>{kept.reason}</span>
          <span className={styles.quiet}>
            {until}. {kept.state === 'ended' ? 'Ended' : 'Set'} {at(kept.dateModified)} by{' '}
            {kept.modifiedBy.name ?? kept.modifiedBy.id}.
          </span>
        </span>
        {mayEdit && kept.state === 'standing' && <Ending kept={kept} onSaid={onSaid} />}
      </div>
    </li>
  );
}

function Ending({ kept, onSaid }: { kept: ShiftException; onSaid: Say }) {
  const end = useEndException();
  const go = async () => {
    if (!(await done(end.mutateAsync(kept.id)))) return false;
    onSaid(`Ended: the rule concerns ${nameOf(kept)} again.`);
    return true;
  };
  return (
    <AskPanel
      button={
        <Button look="quiet" aria-label={`End the exception: ${nameOf(kept)}`}>
          End
        </Button>
      }
      title={`Shall the rule concern ${nameOf(kept)} again?`}
      act="End the exception"
      look="danger"
      problem={tell(end.error, [], 'Not ended').sentence}
      onAct={go}
    >
      <p>While the rule is on, a softphone outside of a shift is closed at once then.</p>
    </AskPanel>
  );
}

const FIELDS = ['subjectId', 'reason', 'endsAt'];
const NOTHING: TypedException = { ...NO_SUBJECT, reason: '', endsAt: '' };

function Excepting({ zone, onSaid }: { zone: string; onSaid: Say }) {
  const [typed, setTyped] = useState(NOTHING);
  const [missing, setMissing] = useState<string | null>(null);
  const offsets = useOffsets(zone);
  const except = useExcept();
  const told = tell(except.error, FIELDS, 'Not excepted');
  const set = (part: Partial<TypedException>) => setTyped((before) => ({ ...before, ...part }));
  const go = async () => {
    const found = exceptionOf(typed, offsets);
    setMissing('missing' in found ? found.missing : null);
    if ('missing' in found) return false;
    try {
      const made = await except.mutateAsync(found.draft);
      onSaid(`Excepted: the rule does not concern ${nameOf(made)}.`);
      return true;
    } catch {
      return false;
    }
  };
  return (
    <AskPanel
      button={
        <Button
          onPress={() => {
            setTyped(NOTHING);
            setMissing(null);
            except.reset();
          }}
        >
          Except somebody
        </Button>
      }
      title="Whom the rule shall not concern"
      act="Except them"
      wide
      problem={missing ?? told.sentence}
      onAct={go}
    >
      <SubjectFields typed={typed} onChange={set} problem={told.at('subjectId')} />
      <NoteField
        label="Why"
        value={typed.reason}
        onChange={(reason) => set({ reason })}
        problem={told.at('reason')}
      />
      <LineField
        label={`Until, ${placeOf(zone)}; empty for no end`}
        type="datetime-local"
        value={typed.endsAt}
        onChange={(endsAt) => set({ endsAt })}
        problem={told.at('endsAt')}
      />
    </AskPanel>
  );
}
