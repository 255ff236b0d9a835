import { useState } from 'react';
import { Button, Card, Failure, Skeleton } from '../design/components';
import { LineField, SelectField } from '../design/fields';
import { fieldProblems, tell } from '../foundation/refusals';
import styles from './Asking.module.css';
import { FORESEEN, type Foreseen } from './asking';
import { ChangeFields } from './ChangeFields';
import { useSimulate } from './queries';
import { TrialFound } from './TrialFound';
import { newChange, problemsOf, type TypedChange, trialOf } from './trying';

/** What would become of everybody's access by some changes that are tried and not made. */
export function TrialCard({ zone }: { zone: string }) {
  const [changes, setChanges] = useState<TypedChange[]>([newChange(0, 'settings')]);
  const [days, setDays] = useState('7');
  const [action, setAction] = useState<Foreseen>('connect');
  const [missing, setMissing] = useState<string | null>(null);
  const simulate = useSimulate();
  const wrong = problemsOf(fieldProblems(simulate.error));
  const set = (key: number, part: Partial<TypedChange>) => {
    setChanges((before) => before.map((each) => (each.key === key ? { ...each, ...part } : each)));
    setMissing(null);
  };
  const add = () =>
    setChanges([...changes, newChange(Math.max(-1, ...changes.map(({ key }) => key)) + 1, 'settings')]);
  const leaveOut = (key: number) => {
    setChanges(changes.filter((each) => each.key !== key));
    // What was refused was said by the places that the changes had then.
    if (simulate.isError) simulate.reset();
  };
  const go = () => {
    const found = trialOf(changes, days, action);
    setMissing('missing' in found ? found.missing : null);
    if ('trial' in found && !simulate.isPending) simulate.mutate(found.trial);
  };
  return (
    <Card title="What if" id="what-if">
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <p className={styles.quiet}>
          Nothing is changed: what you say is tried, everybody is judged at each instant at which anything
          changes, and it is undone.
        </p>
        <ol className={styles.changes} aria-label="What would be changed">
          {changes.map((change, index) => (
            <li key={change.key} className={styles.change} aria-label={`Change ${index + 1}`}>
              <ChangeFields change={change} zone={zone} onChange={(part) => set(change.key, part)} />
              {wrong.at(index) !== null && <Failure>{wrong.at(index)}</Failure>}
              {changes.length > 1 && (
                <Button
                  look="quiet"
                  aria-label={`Leave out change ${index + 1}`}
                  onPress={() => leaveOut(change.key)}
                >
                  Leave out
                </Button>
              )}
            </li>
          ))}
        </ol>
        <div className={styles.fields}>
          <SelectField
            label="What they would do"
            choices={FORESEEN}
            chosen={action}
            onChoose={(id) => setAction(id as Foreseen)}
          />
          <LineField label="For so many days from now" type="number" value={days} onChange={setDays} />
        </div>
        {missing !== null && <Failure>{missing}</Failure>}
        {simulate.isError && <Failure>{refusedText(simulate.error, wrong.rest)}</Failure>}
        <div className={styles.actions}>
          <Button look="primary" type="submit">
            {simulate.isPending ? 'Being tried…' : 'Try it'}
          </Button>
          <Button onPress={add}>Another change</Button>
        </div>
      </form>
      <section className={styles.answer} aria-label="What would be" aria-busy={simulate.isPending}>
        {simulate.isPending ? (
          <Skeleton height="8rem" />
        ) : (
          simulate.data && <TrialFound key={simulate.data.id} found={simulate.data} zone={zone} />
        )}
      </section>
    </Card>
  );
}

function refusedText(error: Error, rest: string | null): string | null {
  if (fieldProblems(error).size === 0) return tell(error, [], 'Not tried').sentence;
  return `Not tried: ${rest ?? 'what is wrong stands at its change.'}`;
}
