import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { DialogTrigger } from 'react-aria-components';
import { useNow } from '../app/services';
import { Button, Chip, Failure, useSaid } from '../design/components';
import { LineField, NoteField, Panel, SelectField } from '../design/fields';
import { Icon } from '../design/icons';
import type { ShiftFacts } from '../schedule/shift';
import { type Interval, spanOf, type TypedTime, typedInstant } from '../schedule/typed';
import { Search } from '../softphone/TargetPanel';
import type { Candidate } from '../softphone/targets';
import type { Trade, TradeOffer } from '../wire/api';
import { useMyTrades, useOffer, useReader } from './queries';
import styles from './Trades.module.css';
import { type Reader, STATES, spanText, told, tradeOf } from './trades';

/** Whether a shift of one's own is being traded; else the way to offer it, while it has not begun. */
export function ShiftTrade({ shift }: { shift: ShiftFacts }) {
  const trades = useMyTrades();
  const reader = useReader([]);
  const now = useNow(30_000);
  const [said, say] = useSaid();
  if (!trades.data || !reader || shift.startMs <= now || !shift.schedule) return null;
  const trade = tradeOf(shift.id, trades.data);
  return (
    <div>
      {said}
      {trade ? <Standing trade={trade} /> : <OfferButton shift={shift} reader={reader} onSaid={say} />}
    </div>
  );
}

function Standing({ trade }: { trade: Trade }) {
  const { tone, text } = STATES[trade.state];
  return (
    <p className={styles.line}>
      <Chip tone={tone}>
        <Icon name="swap" size={13} /> {trade.state === 'Unmatched' ? 'Offered for trade' : text}
      </Chip>
      <a href="#trades">See the trade</a>
    </p>
  );
}

interface OfferProps {
  shift: ShiftFacts;
  reader: Reader;
  onSaid: (sentence: string) => void;
}

function OfferButton({ shift, reader, onSaid }: OfferProps) {
  const [isOpen, setOpen] = useState(false);
  const text = spanText(shift.startMs, shift.endMs, reader.offsets);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <span>
        <Button aria-label={`Offer for trade: ${text}`}>
          <Icon name="swap" size={18} /> Offer for trade
        </Button>
      </span>
      <Panel title={`Offer ${text}`} wide>
        <OfferForm shift={shift} reader={reader} onSaid={onSaid} onDone={() => setOpen(false)} />
      </Panel>
    </DialogTrigger>
  );
}

const RETURNS = [
  { id: 'nothing', name: 'Nothing' },
  { id: 'shift', name: 'A shift of theirs' },
];
const TARGETS = [
  { id: 'all', name: 'Everybody who may take it' },
  { id: 'one', name: 'One colleague' },
];

function OfferForm({ shift, reader, onSaid, onDone }: OfferProps & { onDone: () => void }) {
  const offer = useOffer();
  const [back, setBack] = useState('nothing');
  const [times, setTimes] = useState<TypedTime[]>(() => [emptyTime(shift.startDate)]);
  const [target, setTarget] = useState('all');
  const [colleague, setColleague] = useState<Candidate | null>(null);
  const [expiry, setExpiry] = useState('');
  const [note, setNote] = useState('');
  const check = useMutation({
    mutationFn: async () => {
      const acceptable = back === 'shift' ? intervalsOf(times, reader) : [];
      if (target === 'one' && colleague === null) throw new Error('Choose the colleague.');
      await offer.mutateAsync({
        ...offered(shift),
        acceptableIntervals: acceptable,
        target: target === 'one' && colleague ? { userId: userIdOf(colleague) } : null,
        expirationDate: typedInstant(expiry, reader.offsets),
        reviewNote: note.trim() || null,
      });
    },
    onSuccess: () => {
      onDone();
      onSaid(`You offer ${spanText(shift.startMs, shift.endMs, reader.offsets)}.`);
    },
  });
  const names = colleague ? new Map([[userIdOf(colleague), colleague.name]]) : reader.names;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!check.isPending) check.mutate();
      }}
    >
      <SelectField label="In return for" choices={RETURNS} chosen={back} onChoose={setBack} />
      {back === 'shift' && <Times times={times} onChange={setTimes} />}
      <SelectField label="Offered to" choices={TARGETS} chosen={target} onChoose={setTarget} />
      {target === 'one' && <Search withQueues={false} chosen={colleague} onChoose={setColleague} />}
      <LineField
        label="Open until (else until it starts)"
        type="datetime-local"
        value={expiry}
        onChange={setExpiry}
      />
      <NoteField label="Note for whoever approves" value={note} onChange={setNote} />
      {check.isError && <Failure>{told(check.error.message, { ...reader, names })}</Failure>}
      <div className={styles.actions}>
        <Button look="primary" type="submit">
          Offer it
        </Button>
        <Button onPress={onDone}>Not now</Button>
      </div>
    </form>
  );
}

function offered(shift: ShiftFacts): Pick<TradeOffer, 'initiatingShift'> {
  const { schedule } = shift;
  if (schedule === null) throw new Error('This shift stands in no published schedule.');
  return { initiatingShift: { id: shift.id, schedule: { id: schedule.id, weekDate: schedule.weekDate } } };
}

const userIdOf = ({ target }: Candidate) => ('userId' in target ? target.userId : '');

function intervalsOf(times: TypedTime[], reader: Reader): Interval[] {
  const spans = times.map((time) => spanOf(time, reader.offsets));
  if (spans.some((span) => span === null))
    throw new Error('Say when you would work instead: a day, from and to.');
  return spans.filter((span) => span !== null);
}

let nextKey = 0;
const emptyTime = (date: string): TypedTime => {
  nextKey += 1;
  return { key: nextKey, date, from: '00:00', to: '00:00' };
};

/** When one would work instead. */
function Times({ times, onChange }: { times: TypedTime[]; onChange: (times: TypedTime[]) => void }) {
  const change = (key: number, part: Partial<TypedTime>) =>
    onChange(times.map((time) => (time.key === key ? { ...time, ...part } : time)));
  return (
    <fieldset className={styles.times}>
      <legend>You would work instead, within</legend>
      <p className={styles.quiet}>From midnight to midnight is the whole day.</p>
      {times.map(({ key, date, from, to }, index) => (
        <div key={key} className={styles.time}>
          <div className={styles.day}>
            <LineField
              label="Day"
              type="date"
              value={date}
              onChange={(value) => change(key, { date: value })}
            />
            {times.length > 1 && (
              <Button
                look="quiet"
                square
                aria-label={`Take time ${index + 1} away`}
                onPress={() => onChange(times.filter((time) => time.key !== key))}
              >
                <Icon name="cross" size={18} />
              </Button>
            )}
          </div>
          <div className={styles.hours}>
            <LineField
              label="From"
              type="time"
              value={from}
              onChange={(value) => change(key, { from: value })}
            />
            <LineField label="To" type="time" value={to} onChange={(value) => change(key, { to: value })} />
          </div>
        </div>
      ))}
      <Button onPress={() => onChange([...times, emptyTime(times.at(-1)?.date ?? '')])}>Another time</Button>
    </fieldset>
  );
}
