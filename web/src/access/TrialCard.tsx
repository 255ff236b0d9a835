import { useState } from 'react';
import { Button, Card, Failure, Skeleton } from '../design/components';
import { type Choice, LineField, SelectField } from '../design/fields';
import { Pager } from '../design/Pager';
import { tell } from '../foundation/refusals';
import { dayAndTime, tellIn } from '../foundation/time';
import type { Simulation } from '../wire/api';
import styles from './Asking.module.css';
import { FORESEEN } from './asking';
import { CodeLink } from './CodeLink';
import { allowedText } from './Decided';
import { PersonField } from './PersonField';
import { useRoles, useSimulate } from './queries';
import { countsOf, KINDS, type Kind, newChange, type TypedChange, trialOf } from './trying';

/** What would become of everybody's access by some changes that are tried and not made. */
export function TrialCard({ zone }: { zone: string }) {
  const [changes, setChanges] = useState<TypedChange[]>([newChange(0, 'settings')]);
  const [days, setDays] = useState('7');
  const [action, setAction] = useState<'sign-in' | 'connect'>('connect');
  const [missing, setMissing] = useState<string | null>(null);
  const simulate = useSimulate();
  const told = tell(simulate.error, [], 'Not tried');
  const set = (key: number, part: Partial<TypedChange>) =>
    setChanges(changes.map((each) => (each.key === key ? { ...each, ...part } : each)));
  const add = () =>
    setChanges([...changes, newChange(Math.max(-1, ...changes.map(({ key }) => key)) + 1, 'settings')]);
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
              <ChangeFields change={change} onChange={(part) => set(change.key, part)} />
              {changes.length > 1 && (
                <Button
                  look="quiet"
                  aria-label={`Leave out change ${index + 1}`}
                  onPress={() => setChanges(changes.filter(({ key }) => key !== change.key))}
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
            choices={[...FORESEEN]}
            chosen={action}
            onChoose={(id) => setAction(id as 'sign-in' | 'connect')}
          />
          <LineField label="For so many days from now" type="number" value={days} onChange={setDays} />
        </div>
        {missing !== null && <Failure>{missing}</Failure>}
        {told.sentence !== null && <Failure>{told.sentence}</Failure>}
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
          simulate.data && <Found key={simulate.data.id} found={simulate.data} zone={zone} />
        )}
      </section>
    </Card>
  );
}

const SWITCH: Choice[] = [
  { id: '', name: 'Stays as it is' },
  { id: 'on', name: 'On' },
  { id: 'off', name: 'Off' },
];
const STATES: Choice[] = [
  { id: 'active', name: 'Active' },
  { id: 'inactive', name: 'Inactive' },
  { id: 'deleted', name: 'Deleted' },
];
const GIVEN: Choice[] = [
  { id: 'given', name: 'Given' },
  { id: 'taken', name: 'Taken away' },
];

function ChangeFields(props: { change: TypedChange; onChange: (part: Partial<TypedChange>) => void }) {
  const { change, onChange } = props;
  return (
    <div className={styles.fields}>
      <SelectField
        label="What"
        choices={[...KINDS]}
        chosen={change.kind}
        onChoose={(kind) => onChange({ kind: kind as Kind })}
      />
      {change.kind === 'settings' && <SettingsFields {...props} />}
      {(change.kind === 'person' || change.kind === 'grant') && (
        <PersonField label="Whose" person={change.person} onChoose={(person) => onChange({ person })} />
      )}
      {change.kind === 'person' && (
        <SelectField
          label="State"
          choices={STATES}
          chosen={change.state}
          onChoose={(state) => onChange({ state: state as TypedChange['state'] })}
        />
      )}
      {change.kind === 'grant' && <RoleFields {...props} />}
      {(change.kind === 'publish' || change.kind === 'revert') && (
        <LineField
          label={change.kind === 'publish' ? 'Id of the draft' : 'Id of the schedule'}
          value={change.scheduleId}
          onChange={(scheduleId) => onChange({ scheduleId })}
        />
      )}
      {change.kind === 'revert' && (
        <LineField
          label="Revision"
          type="number"
          value={change.revision}
          onChange={(revision) => onChange({ revision })}
        />
      )}
    </div>
  );
}

type FieldsProps = Parameters<typeof ChangeFields>[0];

function SettingsFields({ change, onChange }: FieldsProps) {
  return (
    <>
      <SelectField
        label="WebRTC"
        choices={SWITCH}
        chosen={change.webrtc}
        onChoose={(webrtc) => onChange({ webrtc: webrtc as TypedChange['webrtc'] })}
      />
      <SelectField
        label="Softphone only within a shift"
        choices={SWITCH}
        chosen={change.rule}
        onChoose={(rule) => onChange({ rule: rule as TypedChange['rule'] })}
      />
      <LineField
        label="Margin, minutes"
        type="number"
        value={change.margin}
        onChange={(margin) => onChange({ margin })}
        example="as it is"
      />
    </>
  );
}

function RoleFields({ change, onChange }: FieldsProps) {
  const roles = useRoles();
  return (
    <>
      <SelectField
        label="Role"
        choices={roles.data ?? []}
        chosen={change.roleId === '' ? null : change.roleId}
        onChoose={(roleId) => onChange({ roleId })}
        problem={roles.isError ? `Roles could not be read: ${roles.error.message}` : null}
      />
      <SelectField
        label="Is"
        choices={GIVEN}
        chosen={change.given ? 'given' : 'taken'}
        onChoose={(id) => onChange({ given: id === 'given' })}
      />
    </>
  );
}

const ON_A_PAGE = 50;

function Found({ found, zone }: { found: Simulation; zone: string }) {
  const [page, setPage] = useState(1);
  const shown = found.flips.slice((page - 1) * ON_A_PAGE, page * ON_A_PAGE);
  return (
    <div className={styles.decided}>
      {found.refused === null ? (
        <p role="status" className={styles.sentence}>
          {tellIn(zone, found.sentence)}
        </p>
      ) : (
        <>
          <Failure>{tellIn(zone, found.sentence)}</Failure>
          <p className={styles.sentence}>If it were made all the same:</p>
        </>
      )}
      <dl className={styles.counts}>
        {countsOf(found).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {shown.length > 0 && (
        <table className={styles.table} aria-label="Whose verdict would be another">
          <thead>
            <tr>
              <th scope="col">Who</th>
              <th scope="col">From</th>
              <th scope="col">Until</th>
              <th scope="col">Now, then</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((flip) => (
              <tr key={`${flip.user_id} ${flip.from}`}>
                <th scope="row">{flip.name}</th>
                <td data-label="From">{dayAndTime(Date.parse(flip.from), zone)}</td>
                <td data-label="Until">
                  {flip.to === null ? 'beyond these days' : dayAndTime(Date.parse(flip.to), zone)}
                </td>
                <td data-label="Now, then">
                  {allowedText(flip.allowed_now)} → <strong>{allowedText(flip.allowed_then)}</strong>
                </td>
                <td data-label="Why">
                  {tellIn(zone, flip.sentence)}
                  <p className={styles.facts}>
                    {flip.codes.map((code) => (
                      <CodeLink key={code} code={code} />
                    ))}
                  </p>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Pager what="changes" page={page} size={ON_A_PAGE} total={found.flips.length} onPage={setPage} />
      {found.total > found.flips.length && (
        <p className={styles.quiet}>
          The first {found.flips.length.toLocaleString('en-US')} of {found.total.toLocaleString('en-US')} are
          shown.
        </p>
      )}
    </div>
  );
}
