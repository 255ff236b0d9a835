import { useState } from 'react';
import { AskPanel, done } from '../design/AskPanel';
import { Button } from '../design/components';
import { CheckField, LineField, NoteField, SelectField } from '../design/fields';
import type { Hold, Matter } from '../wire/api';
import styles from './Legal.module.css';
import { countText, holdOf, NOTHING_TYPED, sentenceOf, type TypedHold } from './legal';
import { useChoices, useHold } from './queries';

/** Which recordings a matter is to hold. */
export function HoldForm({ matter, onSaid }: { matter: Matter; onSaid: (sentence: string) => void }) {
  const [typed, setTyped] = useState<TypedHold>(NOTHING_TYPED);
  const [missing, setMissing] = useState<string | null>(null);
  const { people, queues } = useChoices();
  const hold = useHold(matter.id);
  const set = (part: Partial<TypedHold>) => setTyped({ ...typed, ...part });
  const go = async () => {
    const draft = holdOf(typed);
    setMissing(typeof draft === 'string' ? draft : null);
    if (typeof draft === 'string' || !(await done(hold.mutateAsync(draft).then(tell)))) return false;
    setTyped(NOTHING_TYPED);
    return true;
  };
  const tell = (placed: Hold) =>
    onSaid(
      placed.state === 'done'
        ? `${matter.name} holds ${countText(placed.taken)} more.`
        : `${matter.name} begins to hold ${countText(placed.total)}.`,
    );
  return (
    <AskPanel
      button={<Button look="primary">Hold recordings</Button>}
      title={`Hold for ${matter.name}`}
      act="Hold them"
      wide
      problem={missing ?? (hold.isError ? `Nothing was held: ${sentenceOf(hold.error)}` : null)}
      onAct={go}
    >
      <p className={styles.quiet}>All that is given combines.</p>
      <div className={styles.pair}>
        <SelectField
          label="Agent"
          choices={[{ id: '', name: 'Anybody' }, ...people]}
          chosen={typed.agent}
          onChoose={(agent) => set({ agent })}
        />
        <SelectField
          label="Queue"
          choices={[{ id: '', name: 'Any or none' }, ...queues]}
          chosen={typed.queue}
          onChoose={(queue) => set({ queue })}
        />
        <LineField
          label="Begun from (UTC)"
          type="datetime-local"
          value={typed.from}
          onChange={(from) => set({ from })}
        />
        <LineField
          label="Until (UTC)"
          type="datetime-local"
          value={typed.until}
          onChange={(until) => set({ until })}
        />
      </div>
      <NoteField
        label="Ids of conversations"
        value={typed.conversations}
        onChange={(conversations) => set({ conversations })}
      />
      <NoteField
        label="Ids of recordings"
        value={typed.recordings}
        onChange={(recordings) => set({ recordings })}
      />
      <CheckField isChecked={typed.standing} onChange={(standing) => set({ standing })}>
        Also what is made later
      </CheckField>
      <NoteField label="Why" value={typed.reason} onChange={(reason) => set({ reason })} />
    </AskPanel>
  );
}
