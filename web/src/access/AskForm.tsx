import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useServices } from '../app/services';
import { Button, Failure } from '../design/components';
import { type Choice, LineField, SelectField } from '../design/fields';
import { placeOf } from '../foundation/time';
import { useNames } from '../identity/queries';
import { DAY, type Offsets } from '../schedule/offsets';
import { typedInstant } from '../schedule/typed';
import styles from './Asking.module.css';
import { ACTIONS, type Action, fieldText, instantOf, ofCalls, type WhySearch } from './asking';
import { useQueueChoices } from './choices';
import { PersonField } from './PersonField';
import { useOffsets } from './queries';

export interface AskFormProps {
  asked: WhySearch;
  /** In which times are typed and read. */
  zone: string;
  zones: { zone: string; theirs: string | null };
  onZone: (zone: string) => void;
  /** Whether others than oneself may be asked about. */
  mayAskOfOthers: boolean;
  me: { id: string; name: string };
  /** One instant, or two. */
  of: 'instant' | 'span';
  act: string;
  onAsk: (asked: WhySearch) => void;
}

interface Typed {
  when: 'now' | 'at';
  at: string;
  from: string;
  to: string;
}

const UNTIL_NOW = '';

/** Who, what and when is asked about. */
export function AskForm(props: AskFormProps) {
  const { asked, zone, me } = props;
  const offsets = useOffsets(zone);
  const [typed, setTyped] = useTyped(asked, offsets);
  const [chosen, setChosen] = useState<WhySearch>(asked);
  const [missing, setMissing] = useState<string | null>(null);
  const action = chosen.action ?? 'connect';
  const [person, setPerson] = useState<Choice | null>(asked.user === undefined ? me : null);
  const name = useNames([person === null ? asked.user : null]).get(asked.user ?? '');
  const set = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const choose = (part: Partial<WhySearch>) => setChosen({ ...chosen, ...part });
  const ask = () => {
    const times = props.of === 'span' ? spanOf(typed, offsets) : atOf(typed, offsets);
    setMissing('missing' in times ? times.missing : null);
    if (!('missing' in times)) props.onAsk(askedOf(person?.id ?? asked.user, me.id, chosen, times));
  };
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <div className={styles.fields}>
        {props.mayAskOfOthers && (
          <PersonField
            label="Person"
            // The address has an id only.
            person={person ?? { id: asked.user ?? '', name: name ?? '' }}
            onChoose={setPerson}
          />
        )}
        <SelectField
          label="Action"
          choices={[...ACTIONS]}
          chosen={action}
          onChoose={(id) => choose({ action: id as Action })}
        />
        {ofCalls(action) && (
          <QueueField queueId={chosen.queue ?? ''} onChoose={(queue) => choose({ queue })} />
        )}
        <Times of={props.of} place={placeOf(zone)} typed={typed} onChange={set} />
        <Zones {...props} />
      </div>
      {missing !== null && <Failure>{missing}</Failure>}
      <div>
        <Button look="primary" type="submit">
          {props.act}
        </Button>
      </div>
    </form>
  );
}

const WHENS = [
  { id: 'now', name: 'Now' },
  { id: 'at', name: 'At a date and time' },
];

function QueueField(props: { queueId: string; onChoose: (queueId: string) => void }) {
  const queues = useQueueChoices();
  return (
    <SelectField
      label="Queue"
      choices={[{ id: '', name: 'Any queue' }, ...(queues.data ?? [])]}
      chosen={props.queueId}
      onChoose={props.onChoose}
      problem={queues.isError ? `Queues could not be read: ${queues.error.message}` : null}
    />
  );
}

/** What is asked, without what goes without saying. */
function askedOf(
  user: string | undefined,
  meId: string,
  { action = 'connect', queue }: WhySearch,
  times: Pick<WhySearch, 'at' | 'from' | 'to'>,
): WhySearch {
  return {
    ...(user !== undefined && user !== meId && { user }),
    action,
    ...(ofCalls(action) && queue && { queue }),
    ...times,
  };
}

/** The times of the form; they begin with what is asked. */
function useTyped(asked: WhySearch, offsets: Offsets) {
  const { clock } = useServices();
  const text = (instant: string | undefined, otherwise: string) =>
    instant === undefined ? otherwise : fieldText(Date.parse(instant), offsets);
  const [typed, setTyped] = useState<Typed>(() => ({
    when: asked.at === undefined ? 'now' : 'at',
    at: text(asked.at, fieldText(clock.now(), offsets)),
    from: text(asked.from, fieldText(clock.now() - DAY, offsets)),
    to: text(asked.to, UNTIL_NOW),
  }));
  // What was typed stays the same instant when it is read in another zone.
  const before = useRef(offsets);
  useEffect(() => {
    const former = before.current;
    before.current = offsets;
    if (former === offsets) return;
    const read = (each: string) => {
      const instant = typedInstant(each, former);
      return instant === null ? each : fieldText(Date.parse(instant), offsets);
    };
    setTyped(({ when, at, from, to }) => ({ when, at: read(at), from: read(from), to: read(to) }));
  }, [offsets]);
  return [typed, setTyped] as const;
}

function Times(props: {
  of: AskFormProps['of'];
  place: string;
  typed: Typed;
  onChange: (part: Partial<Typed>) => void;
}) {
  const { typed, place, onChange } = props;
  return props.of === 'instant' ? (
    <>
      <SelectField
        label="When"
        choices={WHENS}
        chosen={typed.when}
        onChoose={(when) => onChange({ when: when as Typed['when'] })}
      />
      {typed.when === 'at' && (
        <LineField
          label={`Date and time, ${place}`}
          type="datetime-local"
          value={typed.at}
          onChange={(at) => onChange({ at })}
        />
      )}
    </>
  ) : (
    <>
      <LineField
        label={`From, ${place}`}
        type="datetime-local"
        value={typed.from}
        onChange={(from) => onChange({ from })}
      />
      <LineField
        label="Until; empty for now"
        type="datetime-local"
        value={typed.to}
        onChange={(to) => onChange({ to })}
      />
    </>
  );
}

/** Two zones to read in, where there are two. */
function Zones({ zone, zones, onZone }: AskFormProps): ReactNode {
  if (zones.theirs === null) return null;
  return (
    <SelectField
      label="Times are read in"
      choices={[
        { id: zones.zone, name: `Your zone, ${placeOf(zones.zone)}` },
        { id: zones.theirs, name: `Their zone, ${placeOf(zones.theirs)}` },
      ]}
      chosen={zone}
      onChoose={onZone}
    />
  );
}

function atOf(typed: Typed, offsets: Offsets): { at?: string } | { missing: string } {
  if (typed.when === 'now') return {};
  const found = instantOf(typed.at, offsets, 'when');
  return 'missing' in found ? found : { at: found.instant };
}

function spanOf(typed: Typed, offsets: Offsets): { from: string; to?: string } | { missing: string } {
  const from = instantOf(typed.from, offsets, 'from when on');
  if ('missing' in from) return from;
  if (typed.to === UNTIL_NOW) return { from: from.instant };
  const to = instantOf(typed.to, offsets, 'until when');
  if ('missing' in to) return to;
  if (to.instant <= from.instant) return { missing: 'The time must end after it begins.' };
  return { from: from.instant, to: to.instant };
}
