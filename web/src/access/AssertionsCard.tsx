import { useState } from 'react';
import { AskPanel, done } from '../design/AskPanel';
import { Button, Card, Chip, Skeleton, useSaid } from '../design/components';
import { CheckField, LineField, SelectField } from '../design/fields';
import { type Told, tell } from '../foundation/refusals';
import { dayAndTime, placeOf, tellIn } from '../foundation/time';
import { useNames } from '../identity/queries';
import { Missing } from '../team/Missing';
import type { Assertion } from '../wire/api';
import styles from './Asking.module.css';
import { FORESEEN } from './asking';
import {
  assertionOf,
  assertionText,
  newAssertion,
  type TypedAssertion,
  typedAssertion,
  WEEKDAYS,
} from './assertions';
import { PersonField } from './PersonField';
import { useAssert, useAssertions, useAssertNoMore, useOffsets } from './queries';

type Say = (sentence: string) => void;

/** What is asserted of access whatever anybody changes, and where it does not hold. */
export function AssertionsCard({ zone, mayEdit }: { zone: string; mayEdit: boolean }) {
  const [said, say] = useSaid();
  const found = useAssertions();
  const kept = found.data?.entities ?? [];
  const names = useNames(kept.flatMap(({ user_ids }) => user_ids));
  return (
    <Card
      title="Assertions"
      id="assertions"
      actions={
        mayEdit &&
        found.data && (
          <Asserting
            button="Assert something"
            title="Assert something"
            id={null}
            typed={newAssertion(zone)}
            zone={zone}
            onSaid={say}
          />
        )
      }
    >
      {said}
      {found.isError && !found.data ? (
        <Missing what="Assertions" error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height="5rem" />
      ) : kept.length === 0 ? (
        <p className={styles.quiet}>
          Nothing is asserted yet. “Ana may connect at 06:00 on Mondays” would refuse whatever breaks it: a
          schedule, a setting, a role.
        </p>
      ) : (
        <ul className={styles.rows} aria-label="Assertions">
          {kept.map((each) => (
            <Line key={each.id} kept={each} names={names} zone={zone} mayEdit={mayEdit} onSaid={say} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Line(props: {
  kept: Assertion;
  names: ReadonlyMap<string, string>;
  zone: string;
  mayEdit: boolean;
  onSaid: Say;
}) {
  const { kept, names, zone, onSaid } = props;
  const offsets = useOffsets(zone);
  return (
    <li className={styles.row}>
      <div className={styles.rowHead}>
        <span className={styles.rowTold}>
          <span className={styles.rowTitle}>
            {kept.name}{' '}
            <Chip tone={kept.holds ? 'good' : 'bad'}>{kept.holds ? 'Holds' : 'Does not hold'}</Chip>
            <Chip tone="off">{kept.blocks ? 'Refuses what breaks it' : 'Tells of what breaks it'}</Chip>
          </span>
          <span className={styles.words}>{assertionText(kept, names, zone)}.</span>
        </span>
        {props.mayEdit && (
          <span className={styles.actions}>
            <Asserting
              button="Change"
              title={kept.name}
              id={kept.id}
              typed={typedAssertion(kept, names, zone, offsets)}
              zone={zone}
              onSaid={onSaid}
            />
            <Removing kept={kept} onSaid={onSaid} />
          </span>
        )}
      </div>
      {kept.breaches.length > 0 && (
        <ul className={styles.breaches} aria-label={`Where it does not hold: ${kept.name}`}>
          {kept.breaches.map((breach) => (
            <li key={`${breach.user_id} ${breach.at}`}>
              <strong>{names.get(breach.user_id) ?? breach.user_id}</strong>,{' '}
              {dayAndTime(Date.parse(breach.at), zone)}: {tellIn(zone, breach.sentence)}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Removing({ kept, onSaid }: { kept: Assertion; onSaid: Say }) {
  const remove = useAssertNoMore();
  const go = async () => {
    if (!(await done(remove.mutateAsync(kept.id)))) return false;
    onSaid(`Asserted no more: ${kept.name}.`);
    return true;
  };
  return (
    <AskPanel
      button={
        <Button look="quiet" aria-label={`Delete: ${kept.name}`}>
          Delete
        </Button>
      }
      title={`Assert it no more: ${kept.name}?`}
      act="Delete it"
      look="danger"
      problem={tell(remove.error, [], 'Not deleted').sentence}
      onAct={go}
    >
      <p>Nothing is refused for its sake any more.</p>
    </AskPanel>
  );
}

const FIELDS = ['name', 'user_ids', 'at', 'weekdays', 'wall_time', 'time_zone'];

function Asserting(props: {
  button: string;
  title: string;
  id: string | null;
  typed: TypedAssertion;
  zone: string;
  onSaid: Say;
}) {
  const { title, id, zone, onSaid } = props;
  const [typed, setTyped] = useState(props.typed);
  const [missing, setMissing] = useState<string | null>(null);
  const offsets = useOffsets(zone);
  const put = useAssert(id);
  const told = tell(put.error, FIELDS, id === null ? 'Not asserted' : 'Not changed');
  const go = async () => {
    const found = assertionOf(typed, offsets);
    setMissing('missing' in found ? found.missing : null);
    if ('missing' in found || !(await done(put.mutateAsync(found.draft)))) return false;
    onSaid(`${id === null ? 'Asserted' : 'Changed'}: ${found.draft.name}.`);
    return true;
  };
  return (
    <AskPanel
      button={
        <Button
          look={id === null ? 'plain' : 'quiet'}
          {...(id !== null && { 'aria-label': `${props.button}: ${title}` })}
          onPress={() => {
            setTyped(props.typed);
            setMissing(null);
            put.reset();
          }}
        >
          {props.button}
        </Button>
      }
      title={title}
      act={id === null ? 'Assert it' : 'Change it'}
      wide
      problem={missing ?? told.sentence}
      onAct={go}
    >
      <Fields
        typed={typed}
        zone={zone}
        told={told}
        onChange={(part) => setTyped((before) => ({ ...before, ...part }))}
      />
    </AskPanel>
  );
}

const MAY = [
  { id: 'may', name: 'may' },
  { id: 'not', name: 'may not' },
];
const WHENS = [
  { id: 'weekly', name: 'Each week' },
  { id: 'once', name: 'At one instant' },
];

function Fields(props: {
  typed: TypedAssertion;
  zone: string;
  told: Told;
  onChange: (part: Partial<TypedAssertion>) => void;
}) {
  const { typed, zone, told, onChange } = props;
  return (
    <>
      <LineField
        label="Name"
        value={typed.name}
        onChange={(name) => onChange({ name })}
        example="The early shift can start"
        problem={told.at('name')}
      />
      <People {...props} />
      <div className={styles.pair}>
        <SelectField
          label="They"
          choices={MAY}
          chosen={typed.allowed ? 'may' : 'not'}
          onChoose={(chosen) => onChange({ allowed: chosen === 'may' })}
        />
        <SelectField
          label="Do what"
          choices={FORESEEN}
          chosen={typed.action}
          onChoose={(action) => onChange({ action: action as TypedAssertion['action'] })}
        />
      </div>
      <SelectField
        label="When"
        choices={WHENS}
        chosen={typed.when}
        onChoose={(when) => onChange({ when: when as TypedAssertion['when'] })}
      />
      {typed.when === 'once' ? (
        <LineField
          label={`Date and time, ${placeOf(zone)}`}
          type="datetime-local"
          value={typed.at}
          onChange={(at) => onChange({ at })}
          problem={told.at('at')}
        />
      ) : (
        <Weekly {...props} />
      )}
      <CheckField isChecked={typed.blocks} onChange={(blocks) => onChange({ blocks })}>
        Refuse whatever would break it; else it is only told of
      </CheckField>
    </>
  );
}

type FieldsProps = Parameters<typeof Fields>[0];

function Weekly({ typed, told, onChange }: FieldsProps) {
  const turn = (day: number, isOn: boolean) =>
    onChange({ weekdays: isOn ? [...typed.weekdays, day] : typed.weekdays.filter((each) => each !== day) });
  return (
    <>
      <fieldset className={styles.days}>
        <legend className="visually-hidden">Days</legend>
        {WEEKDAYS.map((name, index) => (
          <CheckField
            key={name}
            isChecked={typed.weekdays.includes(index + 1)}
            onChange={(isOn) => turn(index + 1, isOn)}
          >
            {name}
          </CheckField>
        ))}
      </fieldset>
      <div className={styles.pair}>
        <LineField
          label="Time on the wall"
          type="time"
          value={typed.wallTime}
          onChange={(wallTime) => onChange({ wallTime })}
          problem={told.at('wall_time') ?? told.at('weekdays')}
        />
        <LineField
          label="Of the zone"
          value={typed.zone}
          onChange={(zone) => onChange({ zone })}
          example="America/Chicago"
          problem={told.at('time_zone')}
        />
      </div>
    </>
  );
}

function People({ typed, told, onChange }: FieldsProps) {
  const add = (person: TypedAssertion['people'][number]) => {
    if (!typed.people.some(({ id }) => id === person.id)) onChange({ people: [...typed.people, person] });
  };
  return (
    <div className={styles.people}>
      {typed.people.length > 0 && (
        <ul className={styles.chosenPeople} aria-label="Of whom">
          {typed.people.map(({ id, name }) => (
            <li key={id}>
              <span>{name}</span>
              <Button
                look="quiet"
                aria-label={`Leave out ${name}`}
                onPress={() => onChange({ people: typed.people.filter((each) => each.id !== id) })}
              >
                Leave out
              </Button>
            </li>
          ))}
        </ul>
      )}
      <PersonField
        key={typed.people.length}
        label={typed.people.length === 0 ? 'Of whom' : 'And of whom'}
        person={null}
        onChoose={add}
        problem={told.at('user_ids')}
      />
    </div>
  );
}
