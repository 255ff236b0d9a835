import { useState } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { AskPanel, done } from '../design/AskPanel';
import { Button, Card, Chip, Failure, Skeleton, useSaid } from '../design/components';
import { LineField, NoteField } from '../design/fields';
import { useNames } from '../identity/queries';
import { Missing } from '../team/Missing';
import type { Hold, Matter } from '../wire/api';
import { HoldForm } from './HoldForm';
import styles from './Legal.module.css';
import { countText, MATTER_STATES, progressText, selectionText, sentenceOf, utcText } from './legal';
import {
  useChoices,
  useCloseMatter,
  useHolds,
  useMatters,
  useOpenMatter,
  usePauseHold,
  useResumeHold,
} from './queries';

type May = (asked: string) => boolean;
type Say = (sentence: string) => void;

/** Legal matters: what each holds, and the ways to open, hold and close. */
export function MattersCard({ may }: { may: May }) {
  const [said, say] = useSaid();
  const found = useMatters();
  return (
    <Card title="Matters" id="matters" actions={may('recording:matter:add') && <Opening onSaid={say} />}>
      {said}
      {found.isError && !found.data ? (
        <Missing what="Matters" error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height="3rem" />
      ) : found.data.entities.length === 0 ? (
        <p className={styles.quiet}>No matter was opened yet. What a matter holds cannot be destroyed.</p>
      ) : (
        <ul aria-label="Matters" className={styles.list}>
          {found.data.entities.map((matter) => (
            <li key={matter.id}>
              <OneMatter matter={matter} may={may} onSaid={say} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function OneMatter({ matter, may, onSaid }: { matter: Matter; may: May; onSaid: Say }) {
  const [isOpen, setOpen] = useState(false);
  const { tone, text } = MATTER_STATES[matter.state];
  return (
    <Disclosure isExpanded={isOpen} onExpandedChange={setOpen}>
      <Heading level={3}>
        <AriaButton slot="trigger" className={styles.trigger ?? ''}>
          <span className={styles.name}>{matter.name}</span>
          <span className={styles.count}>{countText(matter.heldRecordings)} held</span>
          <Chip tone={tone}>{text}</Chip>
        </AriaButton>
      </Heading>
      <DisclosurePanel className={styles.panel ?? ''}>
        {isOpen && <Details matter={matter} may={may} onSaid={onSaid} />}
      </DisclosurePanel>
    </Disclosure>
  );
}

function Details({ matter, may, onSaid }: { matter: Matter; may: May; onSaid: Say }) {
  const names = useNames([matter.openedBy.id, matter.closedBy?.id]);
  const nameOf = (id: string) => names.get(id) ?? id;
  const isOpen = matter.state === 'open';
  return (
    <>
      {matter.description && <p className={styles.words}>{matter.description}</p>}
      <p className={styles.quiet}>
        Opened by {nameOf(matter.openedBy.id)}, {utcText(matter.dateOpened)}.
        {matter.dateClosed &&
          ` Closed by ${nameOf(matter.closedBy?.id ?? '')}, ${utcText(matter.dateClosed)}: ${matter.closeReason}`}
      </p>
      {isOpen && (
        <div className={styles.actions}>
          {may('recording:hold:add') && <HoldForm matter={matter} onSaid={onSaid} />}
          {may('recording:matter:close') && matter.kind === 'matter' && (
            <Closing matter={matter} onSaid={onSaid} />
          )}
        </div>
      )}
      <Holds matter={matter} mayChange={isOpen && may('recording:hold:add')} />
    </>
  );
}

function Holds({ matter, mayChange }: { matter: Matter; mayChange: boolean }) {
  const found = useHolds(matter.id);
  const holds = found.data?.entities ?? [];
  const names = useNames(holds.flatMap(({ selection }) => selection.userIds ?? []));
  const { queues } = useChoices();
  const nameOf = (id: string) => names.get(id) ?? queues.find((queue) => queue.id === id)?.name ?? id;
  if (found.isError && !found.data) {
    return <Missing what="Its holds" error={found.error} onRetry={() => void found.refetch()} />;
  }
  if (!found.data) return <Skeleton height="2rem" />;
  if (holds.length === 0) return <p className={styles.quiet}>It holds nothing yet.</p>;
  return (
    <ul aria-label={`Holds of ${matter.name}`} className={styles.holds}>
      {holds.map((hold) => (
        <OneHold key={hold.id} hold={hold} nameOf={nameOf} mayChange={mayChange} />
      ))}
    </ul>
  );
}

function OneHold(props: { hold: Hold; nameOf: (id: string) => string; mayChange: boolean }) {
  const { hold, nameOf } = props;
  const [pause, resume] = [usePauseHold(), useResumeHold()];
  const failed = pause.error ?? resume.error;
  return (
    <li className={styles.hold}>
      <span className={styles.words}>
        {hold.reason} <span className={styles.quiet}>({selectionText(hold, nameOf)})</span>
      </span>
      {hold.state !== 'done' && (
        <progress
          aria-label={`How far it is: ${hold.reason}`}
          max={Math.max(1, hold.total)}
          value={hold.done}
        />
      )}
      <span className={styles.quiet}>{progressText(hold)}</span>
      {props.mayChange && hold.state === 'running' && (
        <Button look="quiet" onPress={() => pause.mutate(hold)}>
          Pause
        </Button>
      )}
      {props.mayChange && hold.state === 'paused' && (
        <Button look="quiet" onPress={() => resume.mutate(hold)}>
          Go on
        </Button>
      )}
      {failed && <Failure>Not done: {sentenceOf(failed)}</Failure>}
    </li>
  );
}

function Opening({ onSaid }: { onSaid: Say }) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const open = useOpenMatter();
  const go = async () => {
    if (!(await done(open.mutateAsync({ name, description })))) return false;
    setName('');
    setDescription('');
    onSaid(`Opened: ${name.trim()}.`);
    return true;
  };
  return (
    <AskPanel
      button={<Button>Open a matter</Button>}
      title="Open a matter"
      act="Open it"
      problem={open.isError ? `Not opened: ${sentenceOf(open.error)}` : null}
      onAct={go}
    >
      <LineField label="Name" value={name} onChange={setName} />
      <NoteField label="What it is about" value={description} onChange={setDescription} />
    </AskPanel>
  );
}

function Closing({ matter, onSaid }: { matter: Matter; onSaid: Say }) {
  const [reason, setReason] = useState('');
  const close = useCloseMatter(matter.id);
  const go = async () => {
    if (!(await done(close.mutateAsync(reason)))) return false;
    onSaid(`Closed: ${matter.name}. What it held is released.`);
    return true;
  };
  return (
    <AskPanel
      button={<Button>Close the matter</Button>}
      title={`Close ${matter.name}?`}
      act="Close it"
      look="danger"
      problem={close.isError ? `Not closed: ${sentenceOf(close.error)}` : null}
      onAct={go}
    >
      <p>
        {matter.heldRecordings === 0
          ? 'It holds nothing now.'
          : `${countText(matter.heldRecordings)} will not be held by it any more, and may be destroyed when their time comes.`}
      </p>
      <NoteField label="Why" value={reason} onChange={setReason} />
    </AskPanel>
  );
}
