import { useState } from 'react';
import { AskPanel, done } from '../../design/AskPanel';
import { Button, Card, Chip, useSaid } from '../../design/components';
import { LineField, NoteField } from '../../design/fields';
import { tell } from '../../foundation/refusals';
import { dayAndTime } from '../../foundation/time';
import { useNames } from '../../identity/queries';
import type { ShiftOverride } from '../../wire/api';
import styles from '../Asking.module.css';
import { PersonField } from '../PersonField';
import { KeptList, STANDING } from './KeptList';
import { useEndOverride, useLetIn, useOverrides } from './queries';
import { overrideOf, STATES, type TypedOverride } from './rule';

type Say = (sentence: string) => void;

/** Who was let in outside their shifts: by whom, until when and why. */
export function OverridesCard({ zone, mayLetIn }: { zone: string; mayLetIn: boolean }) {
  const [said, say] = useSaid();
  const [shown, show] = useState(STANDING);
  const found = useOverrides(shown);
  const names = useNames((found.data?.entities ?? []).map(({ endedBy }) => endedBy?.id));
  return (
    <Card title="Overrides" id="overrides" actions={mayLetIn && <LettingIn zone={zone} onSaid={say} />}>
      {said}
      <KeptList
        what="Overrides"
        found={found}
        shown={shown}
        onShow={show}
        none={shown.isAll ? 'Nobody was let in yet.' : 'Nobody is let in outside of their shifts at present.'}
      >
        {(kept) => (
          <Line key={kept.id} kept={kept} names={names} zone={zone} mayEnd={mayLetIn} onSaid={say} />
        )}
      </KeptList>
    </Card>
  );
}

const nameOf = ({ user }: ShiftOverride) => user.name ?? user.id;

function Line(props: {
  kept: ShiftOverride;
  names: ReadonlyMap<string, string>;
  zone: string;
  mayEnd: boolean;
  onSaid: Say;
}) {
  const { kept, names, zone, mayEnd, onSaid } = props;
  const { tone, text } = STATES[kept.state];
  const at = (instant: string) => dayAndTime(Date.parse(instant), zone);
  return (
    <li className={styles.row}>
      <div className={styles.rowHead}>
        <span className={styles.rowTold}>
          <span className={styles.rowTitle}>
            {nameOf(kept)} <Chip tone={tone}>{text}</Chip>
          </span>
          <span className={styles.words}>{kept.reason}</span>
          <span className={styles.quiet}>
            From {at(kept.startsAt)} until {at(kept.endsAt)}, by {kept.grantedBy.name ?? kept.grantedBy.id}.
            {kept.dateEnded !== null &&
              ` Ended early ${at(kept.dateEnded)} by ${names.get(kept.endedBy?.id ?? '') ?? kept.endedBy?.id}.`}
          </span>
        </span>
        {mayEnd && kept.state === 'standing' && <Ending kept={kept} onSaid={onSaid} />}
      </div>
    </li>
  );
}

function Ending({ kept, onSaid }: { kept: ShiftOverride; onSaid: Say }) {
  const end = useEndOverride();
  const go = async () => {
    if (!(await done(end.mutateAsync(kept.id)))) return false;
    onSaid(`Ended: ${nameOf(kept)} is let in no more.`);
    return true;
  };
  return (
    <AskPanel
      button={
        <Button look="quiet" aria-label={`End the override: ${nameOf(kept)}`}>
          End
        </Button>
      }
      title={`Let ${nameOf(kept)} in no more?`}
      act="End the override"
      look="danger"
      problem={tell(end.error, [], 'Not ended').sentence}
      onAct={go}
    >
      <p>Outside of their shifts their softphone is closed at once then.</p>
    </AskPanel>
  );
}

const FIELDS = ['userId', 'minutes', 'reason'];
const NOTHING: TypedOverride = { person: null, minutes: '', reason: '' };

function LettingIn({ zone, onSaid }: { zone: string; onSaid: Say }) {
  const [typed, setTyped] = useState(NOTHING);
  const [missing, setMissing] = useState<string | null>(null);
  const letIn = useLetIn();
  const told = tell(letIn.error, FIELDS, 'Not let in');
  const set = (part: Partial<TypedOverride>) => setTyped((before) => ({ ...before, ...part }));
  const go = async () => {
    const found = overrideOf(typed);
    setMissing('missing' in found ? found.missing : null);
    if ('missing' in found) return false;
    try {
      const made = await letIn.mutateAsync(found.draft);
      onSaid(`Let in: ${nameOf(made)}, until ${dayAndTime(Date.parse(made.endsAt), zone)}.`);
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
            letIn.reset();
          }}
        >
          Let somebody in
        </Button>
      }
      title="Whom to let in outside of their shifts"
      act="Let them in"
      wide
      problem={missing ?? told.sentence}
      onAct={go}
    >
      <PersonField
        label="Whom"
        person={typed.person}
        onChoose={(person) => set({ person })}
        problem={told.at('userId')}
      />
      <LineField
        label="For how many minutes from now"
        type="number"
        value={typed.minutes}
        onChange={(minutes) => set({ minutes })}
        example="as the rule says"
        problem={told.at('minutes')}
      />
      <NoteField
        label="Why"
        value={typed.reason}
        onChange={(reason) => set({ reason })}
        problem={told.at('reason')}
      />
    </AskPanel>
  );
}
