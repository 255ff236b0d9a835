import { useState } from 'react';
import { AskPanel, done } from '../design/AskPanel';
import { Button } from '../design/components';
import { CheckField, type Choice, LineField, NoteField, SelectField } from '../design/fields';
import { type Told, tell } from '../foundation/refusals';
import { useChoices } from '../legal/queries';
import type { QuarantineItem } from '../wire/api';
import styles from './Imports.module.css';
import { acceptable, askedFields, FIELDS, type Field, repairOf, type TypedCorrections } from './imports';
import { useRepair } from './queries';

const DIRECTIONS: Choice[] = [
  { id: 'inbound', name: 'Inbound' },
  { id: 'outbound', name: 'Outbound' },
];
const SENT = FIELDS.flatMap(({ id }) => [id, `corrections.${id}`]);
const MISSING = {
  reason: 'Say why: it is kept with the recording.',
  all: 'Say what is right, or take something as it is.',
};

/** What somebody says of an item: fields that are right, what is taken as it is, and why. It becomes a recording when nothing is left. */
export function RepairForm(props: { item: QuarantineItem; onSaid: (sentence: string) => void }) {
  const { item, onSaid } = props;
  const [typed, setTyped] = useState<TypedCorrections>({});
  const [accept, setAccept] = useState<string[]>([]);
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState<'reason' | 'all' | null>(null);
  const [isAll, setAll] = useState(false);
  const repair = useRepair(item.id);
  const told = tell(repair.error, [...SENT, 'reason'], 'Not repaired');
  const asked = askedFields(item);
  const rules = acceptable(item);
  const go = async () => {
    const draft = repairOf(typed, accept, reason);
    setMissing('missing' in draft ? draft.missing : null);
    if ('missing' in draft || !(await done(repair.mutateAsync(draft)))) return false;
    onSaid(`Repaired: ${item.recordingId} is a recording now. What came stays beside it.`);
    return true;
  };
  return (
    <AskPanel
      button={
        <Button
          look="primary"
          onPress={() => {
            setMissing(null);
            repair.reset();
          }}
        >
          Repair it
        </Button>
      }
      title={`Repair ${item.recordingId}`}
      act="Repair it"
      wide
      problem={missing === 'all' ? MISSING.all : missing === null ? told.sentence : null}
      onAct={go}
    >
      {FIELDS.filter(({ id }) => isAll || asked.includes(id)).map((field) => (
        <Correction
          key={field.id}
          field={field}
          typed={typed[field.id] ?? ''}
          told={told}
          onChange={(text) => setTyped({ ...typed, [field.id]: text })}
        />
      ))}
      {asked.length < FIELDS.length && (
        <CheckField isChecked={isAll} onChange={setAll}>
          Correct other fields, too
        </CheckField>
      )}
      {rules.length > 0 && (
        <fieldset className={styles.accept}>
          <legend>Take as it is</legend>
          {rules.map(({ rule, sentence }) => (
            <CheckField
              key={rule}
              isChecked={accept.includes(rule)}
              onChange={(isTaken) =>
                setAccept(isTaken ? [...accept, rule] : accept.filter((each) => each !== rule))
              }
            >
              {sentence}
            </CheckField>
          ))}
        </fieldset>
      )}
      <NoteField
        label="Why"
        value={reason}
        onChange={setReason}
        problem={missing === 'reason' ? MISSING.reason : told.at('reason')}
      />
    </AskPanel>
  );
}

function Correction(props: {
  field: (typeof FIELDS)[number];
  typed: string;
  told: Told;
  onChange: (text: string) => void;
}) {
  const { field, typed, told, onChange } = props;
  const { people, queues } = useChoices();
  const problem = told.at(field.id) ?? told.at(`corrections.${field.id}`);
  const among: Partial<Record<Field, Choice[]>> = { userId: people, queueId: queues, direction: DIRECTIONS };
  const choices = among[field.id];
  // Whoever may not see the people may still name one by id.
  if (choices !== undefined && choices.length > 0) {
    return (
      <SelectField
        label={field.name}
        choices={[{ id: '', name: 'As the file has it' }, ...choices]}
        chosen={typed}
        onChoose={onChange}
        problem={problem}
      />
    );
  }
  return (
    <LineField
      label={field.name}
      value={typed}
      onChange={onChange}
      problem={problem}
      {...('example' in field && { example: field.example })}
    />
  );
}
