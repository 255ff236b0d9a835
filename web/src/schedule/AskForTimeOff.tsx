import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { DialogTrigger } from 'react-aria-components';
import { useServices } from '../app/services';
import { Button, Failure } from '../design/components';
import { LineField, NoteField, Panel, SelectField } from '../design/fields';
import { tellIn } from '../foundation/time';
import type { TimeOffRequest } from '../wire/api';
import { type Asking, wishOf } from './asking';
import type { Offsets } from './offsets';
import type { Unit } from './queries';
import styles from './TimeOff.module.css';
import { lineText, requestLines } from './timeoff';

interface AskProps {
  unit: Unit;
  offsets: Offsets;
  onSaid: (sentence: string) => void;
}

/** A button that opens the form in which one asks for time off. */
export function AskForTimeOff(props: AskProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button>Ask for time off</Button>
      <Panel title="Ask for time off" wide>
        <AskForm {...props} onDone={() => setOpen(false)} />
      </Panel>
    </DialogTrigger>
  );
}

const LENGTHS = [
  { id: 'whole', name: 'Whole days' },
  { id: 'part', name: 'A part of a day' },
];

function AskForm({ unit, offsets, onSaid, onDone }: AskProps & { onDone: () => void }) {
  const { api } = useServices();
  const queries = useQueryClient();
  const choices = unit.codes.filter(
    ({ category, active, agentTimeOffSelectable }) =>
      category === 'TimeOff' && active && agentTimeOffSelectable,
  );
  const [asking, setAsking] = useState<Asking>(() => ({
    ...{ codeId: choices[0]?.id ?? '', whole: true, first: '', last: '', hours: '8' },
    ...{ from: '', to: '', notes: '' },
  }));
  const set = (part: Partial<Asking>) => setAsking({ ...asking, ...part });
  const ask = useMutation({
    mutationFn: async () => {
      const wish = wishOf(asking, offsets);
      if (typeof wish === 'string') throw new Error(wish);
      return api.post<TimeOffRequest>('/workforcemanagement/timeoffrequests', wish);
    },
    onSuccess: async (request) => {
      await queries.invalidateQueries({ queryKey: ['schedule'] });
      onDone();
      onSaid(saidOf(request, offsets));
    },
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!ask.isPending) ask.mutate();
      }}
    >
      <SelectField
        label="Kind"
        choices={choices.map(({ id, name }) => ({ id, name }))}
        chosen={asking.codeId || null}
        onChoose={(codeId) => set({ codeId })}
        placeholder={choices.length === 0 ? 'None can be chosen by agents' : 'Choose'}
      />
      <SelectField
        label="How long"
        choices={LENGTHS}
        chosen={asking.whole ? 'whole' : 'part'}
        onChoose={(id) => set({ whole: id === 'whole' })}
      />
      {asking.whole ? <WholeDays asking={asking} onSet={set} /> : <PartOfDay asking={asking} onSet={set} />}
      <NoteField label="Note" value={asking.notes} onChange={(notes) => set({ notes })} />
      {ask.isError && <Failure>{tellIn(unit.timeZone ?? 'UTC', ask.error.message)}</Failure>}
      <div className={styles.actions}>
        <Button look="primary" type="submit">
          Ask
        </Button>
        <Button onPress={onDone}>Not now</Button>
      </div>
    </form>
  );
}

interface FieldsProps {
  asking: Asking;
  onSet: (part: Partial<Asking>) => void;
}

function WholeDays({ asking, onSet }: FieldsProps) {
  return (
    <div className={styles.fields}>
      <LineField label="First day" type="date" value={asking.first} onChange={(first) => onSet({ first })} />
      <LineField label="Last day" type="date" value={asking.last} onChange={(last) => onSet({ last })} />
      <LineField
        label="Hours a day"
        type="number"
        value={asking.hours}
        onChange={(hours) => onSet({ hours })}
      />
    </div>
  );
}

function PartOfDay({ asking, onSet }: FieldsProps) {
  return (
    <div className={styles.fields}>
      <LineField label="Day" type="date" value={asking.first} onChange={(first) => onSet({ first })} />
      <LineField label="From" type="time" value={asking.from} onChange={(from) => onSet({ from })} />
      <LineField label="To" type="time" value={asking.to} onChange={(to) => onSet({ to })} />
    </div>
  );
}

function saidOf(request: TimeOffRequest, offsets: Offsets): string {
  const when = requestLines(request, offsets).map(lineText).join('; ');
  return request.status === 'APPROVED' ? `Approved: ${when}.` : `Asked for: ${when}. It waits for approval.`;
}
