import { useState } from 'react';
import { AskPanel, done } from '../design/AskPanel';
import { Button, Card, Skeleton, useSaid } from '../design/components';
import { LineField } from '../design/fields';
import { tell } from '../foundation/refusals';
import { Missing } from '../team/Missing';
import type { Reason } from '../wire/api';
import styles from './Governing.module.css';
import { useChangeReasons } from './policyQueries';
import { useReasons } from './queries';
import type { May } from './RecordingsPage';

interface Row extends Reason {
  key: string;
}

const rowOf = (reason: Reason): Row => ({ ...reason, key: crypto.randomUUID() });

/** For which reasons recordings are heard, where a policy asks. */
export function ReasonsCard({ may }: { may: May }) {
  const [said, say] = useSaid();
  const found = useReasons(true);
  const reasons = found.data?.entities;
  return (
    <Card
      title="Reasons to listen"
      id="reasons"
      actions={
        reasons && may('recording:retentionPolicy:edit') && <Changing reasons={reasons} onSaid={say} />
      }
    >
      {said}
      {found.isError && !found.data ? (
        <Missing what="Reasons" error={found.error} onRetry={() => void found.refetch()} />
      ) : !reasons ? (
        <Skeleton height="8rem" />
      ) : (
        <dl className={styles.reasons}>
          {reasons.map(({ code, name }) => (
            <Shown key={code} code={code} name={name} />
          ))}
        </dl>
      )}
    </Card>
  );
}

function Shown({ code, name }: Reason) {
  return (
    <>
      <dt>
        <code>{code}</code>
      </dt>
      <dd className={styles.words}>{name}</dd>
    </>
  );
}

function Changing({ reasons, onSaid }: { reasons: Reason[]; onSaid: (sentence: string) => void }) {
  const [rows, setRows] = useState<Row[]>([]);
  const change = useChangeReasons();
  const fields = rows.flatMap((_, index) => [`entities[${index}].code`, `entities[${index}].name`]);
  const told = tell(change.error, fields, 'Not changed');
  const set = (key: string, part: Partial<Reason>) =>
    setRows(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const go = async () => {
    const entities = rows.map(({ code, name }) => ({ code: code.trim(), name: name.trim() }));
    if (!(await done(change.mutateAsync({ entities })))) return false;
    onSaid('Changed. What was given as a reason before stays where it stands.');
    return true;
  };
  return (
    <AskPanel
      button={
        <Button
          onPress={() => {
            setRows(reasons.map(rowOf));
            change.reset();
          }}
        >
          Change the reasons
        </Button>
      }
      title="Reasons to listen"
      act="Change them"
      wide
      problem={told.sentence}
      onAct={go}
    >
      <p className={styles.quiet}>
        A code is of small letters, digits, dots, dashes and underscores, and begins with a letter or digit.
      </p>
      {rows.map(({ key, code, name }, index) => (
        <div key={key} className={styles.reason}>
          <LineField
            label={`Code ${index + 1}`}
            value={code}
            onChange={(typed) => set(key, { code: typed })}
            problem={told.at(`entities[${index}].code`)}
          />
          <LineField
            label={`Reason ${index + 1}`}
            value={name}
            onChange={(typed) => set(key, { name: typed })}
            problem={told.at(`entities[${index}].name`)}
          />
          <Button
            look="quiet"
            aria-label={`Take away reason ${index + 1}`}
            onPress={() => {
              setRows(rows.filter((row) => row.key !== key));
              change.reset();
            }}
          >
            Take away
          </Button>
        </div>
      ))}
      <div>
        <Button onPress={() => setRows([...rows, rowOf({ code: '', name: '' })])}>Add a reason</Button>
      </div>
    </AskPanel>
  );
}
