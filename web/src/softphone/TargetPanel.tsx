import { useState } from 'react';
import { DialogTrigger, ListBox, ListBoxItem } from 'react-aria-components';
import { usePhone, useServices } from '../app/services';
import { Button, Dot } from '../design/components';
import { Panel, SearchBox } from '../design/fields';
import { Icon } from '../design/icons';
import styles from './TargetPanel.module.css';
import { type Candidate, useColleagues, useQueues } from './targets';
import type { Call } from './view';

/** Hands a call to a colleague or a queue, at once or after a word with them. */
export function TransferPanel({ call }: { call: Call }) {
  const { phone } = useServices();
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<Candidate | null>(null);
  const finish = async (work: (candidate: Candidate) => Promise<boolean>) => {
    if (chosen && (await work(chosen))) setOpen(false);
  };
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button>
        <Icon name="send" /> Transfer
      </Button>
      <Panel title={`Transfer ${call.who}`} wide>
        <Search withQueues chosen={chosen} onChoose={setChosen} />
        <Failure id={call.id} />
        <div className={styles.actions}>
          <Button
            look="primary"
            isDisabled={chosen === null}
            onPress={() => void finish(({ target }) => phone.transfer(call.id, target))}
          >
            Transfer now
          </Button>
          <Button
            // A queue cannot be asked, only handed to.
            isDisabled={chosen === null || !('userId' in chosen.target)}
            onPress={() => void finish(({ target }) => phone.consult(call.id, target))}
          >
            Ask first
          </Button>
        </div>
      </Panel>
    </DialogTrigger>
  );
}

/** Calls a colleague. */
export function CallPanel() {
  const { phone } = useServices();
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<Candidate | null>(null);
  const call = async () => {
    if (chosen && 'userId' in chosen.target && (await phone.call(chosen.target.userId))) setOpen(false);
  };
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button>
        <Icon name="people" /> Call a colleague
      </Button>
      <Panel title="Call a colleague" wide>
        <Search withQueues={false} chosen={chosen} onChoose={setChosen} />
        <Failure id="" />
        <div className={styles.actions}>
          <Button look="good" isDisabled={chosen === null} onPress={() => void call()}>
            <Icon name="phone" /> Call
          </Button>
        </div>
      </Panel>
    </DialogTrigger>
  );
}

function Failure({ id }: { id: string }) {
  const failure = usePhone().failures.get(id);
  return failure === undefined ? null : (
    <p role="alert" className={styles.failure}>
      {failure}
    </p>
  );
}

/** Finds people, and queues, by a part of their name. */
export function Search(props: {
  withQueues: boolean;
  withColleagues?: boolean;
  chosen: Candidate | null;
  onChoose: (candidate: Candidate | null) => void;
}) {
  const withColleagues = props.withColleagues ?? true;
  const [text, setText] = useState('');
  const colleagues = useColleagues(text, withColleagues);
  const queues = useQueues(text, props.withQueues);
  const found = [...(queues.data ?? []), ...(colleagues.data ?? [])];
  const trouble = colleagues.error ?? queues.error;
  return (
    <>
      <SearchBox label={labelOf(props.withQueues, withColleagues)} value={text} onChange={setText} />
      {trouble && <p className={styles.quiet}>Not everything could be searched: {trouble.message}</p>}
      <ListBox
        aria-label="Found"
        className={styles.found ?? ''}
        items={found}
        selectionMode="single"
        escapeKeyBehavior="none"
        selectedKeys={props.chosen ? [props.chosen.key] : []}
        onSelectionChange={(keys) => {
          const [key] = keys === 'all' ? [] : [...keys];
          props.onChoose(found.find((candidate) => candidate.key === key) ?? null);
        }}
        renderEmptyState={() => (
          <p className={styles.quiet}>
            {colleagues.isLoading || queues.isLoading ? 'Searching…' : 'Nothing of this name.'}
          </p>
        )}
      >
        {(candidate) => (
          <ListBoxItem id={candidate.key} textValue={candidate.name} className={styles.candidate ?? ''}>
            <Dot tone={candidate.tone} />
            <span className={styles.name}>{candidate.name}</span>
            <span className={styles.note}>{candidate.note}</span>
          </ListBoxItem>
        )}
      </ListBox>
    </>
  );
}

function labelOf(withQueues: boolean, withColleagues: boolean) {
  if (!withQueues) return 'Name';
  return withColleagues ? 'Name of a colleague or queue' : 'Name of a queue';
}
