import { useState } from 'react';
import { DialogTrigger } from 'react-aria-components';
import { Button, Card, Chip, Failure, Skeleton } from '../design/components';
import { LineField, Panel, SelectField } from '../design/fields';
import { lengthText } from '../foundation/time';
import { longDate } from '../schedule/dates';
import { KIND_COLOURS } from '../schedule/kinds';
import { MINUTE } from '../schedule/offsets';
import { type ActivityFacts, type ShiftFacts, shiftFacts } from '../schedule/shift';
import { Missing } from '../team/Missing';
import type { Edit, ShiftActivity } from '../wire/api';
import {
  type ActivityDeed,
  additionOf,
  editOf,
  fieldText,
  type Placing,
  placementOf,
  type ShiftDeed,
  type Target,
  type Typed,
  windowOf,
} from './asking';
import { type PlannedShift, shiftsAfter } from './board';
import type { AddEdit, Planned } from './Plan';
import styles from './Publishing.module.css';
import { useParts } from './queries';
import { nameOf } from './telling';

interface ChosenProps extends Planned {
  chosen: ReadonlySet<string>;
  onAdd: AddEdit;
}

/** What can be done with the agents who are chosen: one activity for all of them, and with one alone whatever an edit can do. */
export function ChosenCard(props: ChosenProps) {
  const { chosen, teller } = props;
  const [only] = chosen.size === 1 ? chosen : [];
  const title =
    only !== undefined
      ? nameOf(teller, only)
      : chosen.size === 0
        ? 'Nobody is chosen'
        : `${chosen.size} agents chosen`;
  return (
    <Card title={title} id="chosen">
      {chosen.size === 0 ? (
        <p className={styles.quiet}>
          Choose one agent to change their day, or several to give all of them a meeting or a training.
        </p>
      ) : (
        <div className={styles.parts}>
          {only !== undefined && <Day key={`${only} ${props.date}`} {...props} agentId={only} />}
          <Place key={props.date} {...props} />
        </div>
      )}
    </Card>
  );
}

/** One agent's day, as the draft would have it. */
function Day(props: ChosenProps & { agentId: string }) {
  const { unit, schedule, agentId, changes, date, offsets } = props;
  const read = useParts(unit, schedule, [agentId]);
  if (read.isError && !read.data)
    return <Missing what="Their shifts" error={read.error} onRetry={() => void read.refetch()} />;
  if (!read.data) return <Skeleton height="8rem" />;
  const part = read.data.get(agentId);
  const all = shiftsAfter(part?.shifts ?? [], changes.get(agentId));
  const shifts = all.filter(({ shift }) => shift.wallStart.startsWith(date));
  return (
    <section aria-label={longDate(date)} className={styles.parts}>
      <h3>{longDate(date)}</h3>
      {shifts.length === 0 && <p className={styles.quiet}>No shift begins on this day.</p>}
      {shifts.map((planned) => (
        <ShiftLines key={planned.shift.id} {...props} planned={planned} />
      ))}
      <div className={styles.actions}>
        {shifts.length > 0 && (
          <Adding {...props} type="addActivity" start={fieldText(offsets, startOf(shifts[0]))} />
        )}
        <Adding {...props} type="addShift" start={`${date}T09:00`} />
      </div>
    </section>
  );
}

const startOf = (planned: PlannedShift | undefined) => Date.parse(planned?.shift.startDate ?? '');

function ShiftLines(props: ChosenProps & { agentId: string; planned: PlannedShift }) {
  const { agentId, planned, offsets, codes } = props;
  const { shift, isNew } = planned;
  const facts = shiftFacts(shift, offsets, new Map(codes.map((code) => [code.id, code])));
  const target = { userId: agentId, shiftId: shift.id };
  return (
    <div className={styles.shift}>
      <div className={styles.line}>
        <strong className={styles.grow}>
          {facts.start}–{facts.end} <span className={styles.quiet}>{lengthText(facts.lengthMinutes)}</span>
        </strong>
        {isNew ? (
          <Chip tone="accent">New</Chip>
        ) : (
          <Changing
            {...props}
            what={`Shift ${facts.start}–${facts.end}`}
            deeds={SHIFT_DEEDS}
            target={target}
            startDate={shift.startDate}
            minutes={facts.lengthMinutes}
          />
        )}
      </div>
      <ul className={styles.activities}>
        {facts.activities.map((activity, index) => (
          <ActivityLine
            key={activity.id}
            {...props}
            activity={activity}
            source={shift.activities[index]}
            shift={facts}
          />
        ))}
      </ul>
    </div>
  );
}

interface ActivityLineProps extends ChosenProps {
  agentId: string;
  planned: PlannedShift;
  activity: ActivityFacts;
  source: ShiftActivity | undefined;
  shift: ShiftFacts;
}

function ActivityLine(props: ActivityLineProps) {
  const { activity, source, agentId, planned } = props;
  const text = `${activity.name} ${activity.start}–${activity.end}`;
  // Work on queue is what the others leave; time off is decided elsewhere.
  const isFixed =
    planned.isNew || !source || source.activityCodeId === ON_QUEUE || activity.category === 'TimeOff';
  return (
    <li className={styles.line}>
      <span className={styles.swatch} style={{ backgroundColor: KIND_COLOURS[activity.category] }} />
      <span className={styles.grow}>
        {activity.start}–{activity.end} {activity.name}
      </span>
      {!isFixed && (
        <Changing
          {...props}
          what={text}
          deeds={ACTIVITY_DEEDS}
          target={{
            userId: agentId,
            shiftId: planned.shift.id,
            activityStartDate: source.startDate,
          }}
          startDate={source.startDate}
          minutes={activity.lengthMinutes}
        />
      )}
    </li>
  );
}

const ON_QUEUE = '0';

interface Deed<Id> {
  id: Id;
  name: string;
}

const ACTIVITY_DEEDS: Deed<ActivityDeed>[] = [
  { id: 'moveActivity', name: 'Move it' },
  { id: 'resizeActivity', name: 'Make it longer or shorter' },
  { id: 'splitActivity', name: 'Split it' },
  { id: 'removeActivity', name: 'Remove it' },
];
const SHIFT_DEEDS: Deed<ShiftDeed>[] = [
  { id: 'moveShift', name: 'Move it' },
  { id: 'resizeShift', name: 'Change its start or length' },
  { id: 'removeShift', name: 'Remove it' },
  { id: 'openShift', name: 'Leave it open for others' },
];

/** What asks for no other start. */
const UNTIMED: ReadonlySet<ActivityDeed | ShiftDeed> = new Set([
  'removeActivity',
  'removeShift',
  'openShift',
  'resizeActivity',
]);

interface ChangingProps extends ChosenProps {
  /** What is changed, with its time. */
  what: string;
  deeds: Deed<ActivityDeed | ShiftDeed>[];
  target: Target;
  startDate: string;
  minutes: number;
}

/** A button that opens what can be done with an activity or a shift. */
function Changing(props: ChangingProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button look="quiet" aria-label={`Change ${props.what}`}>
        Change
      </Button>
      <Panel title={props.what}>
        <ChangeForm {...props} onDone={() => setOpen(false)} />
      </Panel>
    </DialogTrigger>
  );
}

function ChangeForm(props: ChangingProps & { onDone: () => void }) {
  const { what, deeds, target, startDate, minutes, offsets, onAdd, onDone } = props;
  const [deed, setDeed] = useState(deeds[0]?.id ?? 'moveActivity');
  const [typed, setTyped] = useState<Typed>(() => ({
    start: fieldText(offsets, Date.parse(startDate)),
    minutes: String(minutes),
    codeId: '',
  }));
  const set = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const choose = (id: string) => {
    setDeed(id as ActivityDeed | ShiftDeed);
    // The middle is a fair first offer for where it is split.
    const offset = id === 'splitActivity' ? Math.floor(minutes / 2) * MINUTE : 0;
    set({ start: fieldText(offsets, Date.parse(startDate) + offset) });
  };
  return (
    <EditForm
      make={() => editOf(deed, target, typed, { offsets, startDate })}
      onMade={(edit) => {
        onDone();
        onAdd(edit, what);
      }}
      onDone={onDone}
    >
      <SelectField label="What to do" choices={deeds} chosen={deed} onChoose={choose} />
      {!UNTIMED.has(deed) && (
        <LineField
          label={deed === 'splitActivity' ? 'The second part starts' : 'Starts'}
          type="datetime-local"
          value={typed.start}
          onChange={(start) => set({ start })}
        />
      )}
      {(deed === 'resizeActivity' || deed === 'resizeShift') && (
        <LineField
          label="Minutes"
          type="number"
          value={typed.minutes}
          onChange={(text) => set({ minutes: text })}
        />
      )}
      {deed === 'splitActivity' && (
        <SelectField
          label="The second part is"
          choices={codeChoices(props)}
          chosen={typed.codeId || null}
          onChoose={(codeId) => set({ codeId })}
          placeholder="The same"
        />
      )}
      {deed === 'removeActivity' && <p className={styles.quiet}>What it leaves is work on queue.</p>}
      {deed === 'openShift' && (
        <p className={styles.quiet}>
          It is theirs no more once the draft is published. Whoever could take it sees it then, with the
          reason that you give.
        </p>
      )}
    </EditForm>
  );
}

/** A form whose result is an edit, or a sentence about what is missing. */
function EditForm(props: {
  make: () => Edit | string;
  onMade: (edit: Edit) => void;
  onDone?: () => void;
  children: React.ReactNode;
}) {
  const [missing, setMissing] = useState<string | null>(null);
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const made = props.make();
        setMissing(typeof made === 'string' ? made : null);
        if (typeof made !== 'string') props.onMade(made);
      }}
    >
      {props.children}
      {missing && <Failure>{missing}</Failure>}
      <div className={styles.actions}>
        <Button look={props.onDone ? 'primary' : 'plain'} type="submit">
          Put it in the draft
        </Button>
        {props.onDone && <Button onPress={props.onDone}>Not now</Button>}
      </div>
    </form>
  );
}

/** Time off is asked for and decided, and not put there. */
function codeChoices({ codes }: Pick<Planned, 'codes'>) {
  return codes
    .filter(({ active, category }) => active && category !== 'TimeOff')
    .map(({ id, name }) => ({ id, name }));
}

interface AddingProps extends ChosenProps {
  agentId: string;
  type: 'addActivity' | 'addShift';
  start: string;
}

function Adding(props: AddingProps) {
  const [isOpen, setOpen] = useState(false);
  const title = props.type === 'addShift' ? 'Add a shift' : 'Add an activity';
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button>{title}</Button>
      <Panel title={title}>
        <AddForm {...props} onDone={() => setOpen(false)} />
      </Panel>
    </DialogTrigger>
  );
}

function AddForm(props: AddingProps & { onDone: () => void }) {
  const { type, agentId, offsets, onAdd, onDone } = props;
  const [typed, setTyped] = useState<Typed>({
    start: props.start,
    minutes: type === 'addShift' ? '480' : '30',
    codeId: '',
  });
  const set = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  return (
    <EditForm
      make={() => additionOf(type, agentId, typed, offsets)}
      onMade={(edit) => {
        onDone();
        onAdd(edit, '');
      }}
      onDone={onDone}
    >
      {type === 'addActivity' && (
        <SelectField
          label="Activity"
          choices={codeChoices(props)}
          chosen={typed.codeId || null}
          onChoose={(codeId) => set({ codeId })}
        />
      )}
      <LineField
        label="Starts"
        type="datetime-local"
        value={typed.start}
        onChange={(start) => set({ start })}
      />
      <LineField
        label="Minutes"
        type="number"
        value={typed.minutes}
        onChange={(minutes) => set({ minutes })}
      />
    </EditForm>
  );
}

const WHENS = [
  { id: 'best', name: 'At each one’s best time' },
  { id: 'one', name: 'At one time for all' },
];

/** A meeting or a training for whoever is chosen. */
function Place(props: ChosenProps) {
  const { chosen, codes, date, offsets, nowMs, onAdd } = props;
  const [placing, setPlacing] = useState<Placing>(() => ({
    codeId: codes.find(({ category, active }) => active && category === 'Meeting')?.id ?? '',
    minutes: '30',
    description: '',
    isBest: true,
    ...windowOf(date, offsets, nowMs),
  }));
  const set = (part: Partial<Placing>) => setPlacing({ ...placing, ...part });
  return (
    <section aria-label="A meeting or a training">
      <h3>{chosen.size === 1 ? 'A meeting or a training' : `One activity for ${chosen.size} agents`}</h3>
      <EditForm make={() => placementOf(placing, [...chosen], offsets)} onMade={(edit) => onAdd(edit, '')}>
        <div className={styles.pair}>
          <SelectField
            label="Activity"
            choices={codeChoices(props)}
            chosen={placing.codeId || null}
            onChoose={(codeId) => set({ codeId })}
          />
          <LineField
            label="Minutes"
            type="number"
            value={placing.minutes}
            onChange={(minutes) => set({ minutes })}
          />
        </div>
        <LineField
          label="Name, which the agents see"
          value={placing.description}
          onChange={(description) => set({ description })}
        />
        <SelectField
          label="When"
          choices={WHENS}
          chosen={placing.isBest ? 'best' : 'one'}
          onChoose={(id) => set({ isBest: id === 'best' })}
        />
        <div className={styles.form}>
          <LineField
            label={placing.isBest ? 'Not before' : 'Starts'}
            type="datetime-local"
            value={placing.from}
            onChange={(from) => set({ from })}
          />
          {placing.isBest && (
            <LineField
              label="Over by"
              type="datetime-local"
              value={placing.to}
              onChange={(to) => set({ to })}
            />
          )}
        </div>
      </EditForm>
    </section>
  );
}
