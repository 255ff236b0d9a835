import { useState } from 'react';
import { DialogTrigger } from 'react-aria-components';
import { Button, Card, Chip, Failure, Skeleton, useSaid } from '../design/components';
import { LineField, NoteField, Panel } from '../design/fields';
import { isChanged } from '../foundation/api';
import { lengthText, nameIn, tellIn } from '../foundation/time';
import { useNames } from '../identity/queries';
import { Missing } from '../team/Missing';
import type { PlannedOpenShift } from '../wire/api';
import { useLeaveOpen, usePlannedOpenShifts, useWithdrawOpen } from './openShiftQueries';
import {
  isUndecided,
  openingOf,
  peopleOfOpenShifts,
  STATES,
  standingOf,
  type TypedOpening,
} from './openShifts';
import type { Planned } from './Plan';
import styles from './Publishing.module.css';
import { spanIn } from './telling';

interface OpenShiftsProps extends Planned {
  weekStart: string;
  mayEdit: boolean;
}

interface PartProps extends OpenShiftsProps {
  names: ReadonlyMap<string, string>;
  onSaid: (sentence: string) => void;
}

/** The shifts of the week that belong to nobody, or did: what became of each, and the way to leave another open. */
export function OpenShiftsCard(props: OpenShiftsProps) {
  const [said, say] = useSaid();
  const found = usePlannedOpenShifts(props.unit, props.schedule, props.weekStart);
  const names = useNames(peopleOfOpenShifts(found.data ?? []));
  const part = { ...props, names, onSaid: say };
  return (
    <div className={styles.history}>
      <Card title="Open shifts" id="open-shifts" actions={props.mayEdit && <Leaving {...part} />}>
        {said}
        {found.isError && !found.data ? (
          <Missing what="Open shifts" error={found.error} onRetry={() => void found.refetch()} />
        ) : !found.data ? (
          <Skeleton height="3rem" />
        ) : found.data.length === 0 ? (
          <p className={styles.quiet}>No shift of this week was left open.</p>
        ) : (
          <>
            {found.isError && (
              <p className={styles.quiet}>They could not be read again: there may be others by now.</p>
            )}
            <ul aria-label="Open shifts of the week" className={styles.revisions}>
              {found.data.map((shift) => (
                <Line key={shift.id} {...part} shift={shift} />
              ))}
            </ul>
          </>
        )}
      </Card>
    </div>
  );
}

const whenOf = ({ startDate, lengthMinutes }: PlannedOpenShift, { offsets }: Planned) =>
  spanIn(offsets, startDate, lengthMinutes);

function Line(props: PartProps & { shift: PlannedOpenShift }) {
  const { shift, names, zone, mayEdit } = props;
  const { tone, text } = STATES[shift.state];
  return (
    <li className={styles.revision}>
      <div className={styles.line}>
        <strong className={styles.grow}>{whenOf(shift, props)}</strong>
        <Chip tone={tone}>{text}</Chip>
        {mayEdit && isUndecided(shift) && <Withdrawing {...props} />}
      </div>
      <span className={styles.quiet}>{lengthText(shift.paidMinutes)} paid</span>
      {standingOf(shift, names, zone).map((sentence) => (
        <span key={sentence} className={styles.words}>
          {sentence}
        </span>
      ))}
    </li>
  );
}

function Withdrawing(props: PartProps & { shift: PlannedOpenShift }) {
  const { shift, names, zone, onSaid } = props;
  const [isOpen, setOpen] = useState(false);
  const withdraw = useWithdrawOpen();
  const when = whenOf(shift, props);
  const tell = (sentence: string) => nameIn(names, tellIn(zone, sentence));
  const go = async () => {
    if (withdraw.isPending) return;
    // News may end this line before the answer comes: it is said where it stays to be read.
    try {
      await withdraw.mutateAsync(shift);
      setOpen(false);
      onSaid(`Withdrawn: ${when}.`);
    } catch (error) {
      if (!isChanged(error)) return;
      setOpen(false);
      onSaid(`Not withdrawn, for it has changed: ${tell(error.message)}`);
    }
  };
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button look="quiet" aria-label={`Withdraw ${when}`}>
        Withdraw
      </Button>
      <Panel title={`Withdraw ${when}?`}>
        <div className={styles.form}>
          <p>
            {shift.state === 'Claimed'
              ? 'Nobody will work it, and the claim that waits ends with it.'
              : 'Nobody will work it.'}
          </p>
          {withdraw.isError && !isChanged(withdraw.error) && (
            <Failure>Not withdrawn: {tell(withdraw.error.message)}</Failure>
          )}
          <div className={styles.actions}>
            <Button look="primary" onPress={() => void go()}>
              Withdraw it
            </Button>
            <Button onPress={() => setOpen(false)}>Not now</Button>
          </div>
        </div>
      </Panel>
    </DialogTrigger>
  );
}

function Leaving(props: PartProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button>Leave a shift open</Button>
      <Panel title="Leave a shift open">
        <LeaveForm {...props} onDone={() => setOpen(false)} />
      </Panel>
    </DialogTrigger>
  );
}

function LeaveForm(props: PartProps & { onDone: () => void }) {
  const { unit, schedule, offsets, date, zone, onSaid, onDone } = props;
  const [typed, setTyped] = useState<TypedOpening>({ start: `${date}T09:00`, minutes: '480', reason: '' });
  const [missing, setMissing] = useState<string | null>(null);
  const leave = useLeaveOpen(schedule);
  const set = (part: Partial<TypedOpening>) => setTyped({ ...typed, ...part });
  const go = async () => {
    const draft = openingOf(unit.id, typed, offsets);
    setMissing(typeof draft === 'string' ? draft : null);
    if (typeof draft === 'string' || leave.isPending) return;
    try {
      const made = await leave.mutateAsync(draft);
      onDone();
      onSaid(`Left open: ${whenOf(made, props)}.`);
    } catch {
      // The form says why, with what was typed.
    }
  };
  const failed = missing ?? (leave.isError ? `Not left open: ${tellIn(zone, leave.error.message)}` : null);
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
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
      <NoteField
        label="Why, which whoever could take it sees"
        value={typed.reason}
        onChange={(reason) => set({ reason })}
      />
      <p className={styles.quiet}>All of it is work on queue, for the agents of {unit.name}.</p>
      {failed && <Failure>{failed}</Failure>}
      <div className={styles.actions}>
        <Button look="primary" type="submit">
          Leave it open
        </Button>
        <Button onPress={onDone}>Not now</Button>
      </div>
    </form>
  );
}
