import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useServices } from '../app/services';
import { AskPanel, done } from '../design/AskPanel';
import { Button, Card, Chip, Failure, Skeleton, Trouble } from '../design/components';
import { NoteField, SelectField } from '../design/fields';
import { Search } from '../softphone/TargetPanel';
import type { Candidate } from '../softphone/targets';
import type { TranscriptMessage, WrapupCode } from '../wire/api';
import { useAnswer, useChange, useHandOn, useTranscript, useWritten } from './queries';
import styles from './Written.module.css';
import { type Conversation, isOurs, titleOf } from './written';

/** Messages and e-mails that are the agent's: what alerts, what is being answered, what is to be wrapped up. */
export function WrittenCard() {
  const written = useWritten();
  const none = written.data?.length === 0;
  return (
    <Card title="Messages and e-mails" id="written">
      {written.isError && !written.data ? (
        <Trouble onRetry={() => void written.refetch()}>
          Your conversations could not be read: {written.error.message}
        </Trouble>
      ) : !written.data ? (
        <Skeleton height="3rem" />
      ) : none ? (
        <p className={styles.quiet}>Nobody writes to you just now.</p>
      ) : (
        <div className={styles.list}>
          {written.data.map((each) => (
            <Block key={each.id} conversation={each} />
          ))}
        </div>
      )}
    </Card>
  );
}

function Block({ conversation }: { conversation: Conversation }) {
  const id = useId();
  const change = useChange(conversation);
  const { phase, queue, subject } = conversation;
  return (
    <article className={styles.block} aria-labelledby={id} data-phase={phase}>
      <header className={styles.head}>
        <div>
          <h3 id={id} role={phase === 'alerting' ? 'alert' : undefined}>
            {titleOf(conversation)}
          </h3>
          <p className={styles.quiet}>{[subject, queue].filter(Boolean).join(' · ')}</p>
        </div>
        {phase === 'alerting' && <Chip tone="accent">New</Chip>}
        {phase === 'alerting' ? (
          <div className={styles.buttons}>
            <Button
              look="primary"
              onPress={() => change.mutate({ state: 'connected' })}
              isDisabled={change.isPending}
            >
              Accept
            </Button>
            <Button onPress={() => change.mutate({ state: 'disconnected' })} isDisabled={change.isPending}>
              Decline
            </Button>
          </div>
        ) : (
          phase === 'talking' && (
            <div className={styles.buttons}>
              <HandOn conversation={conversation} />
              <Button onPress={() => change.mutate({ state: 'disconnected' })} isDisabled={change.isPending}>
                End
              </Button>
            </div>
          )
        )}
      </header>
      {change.isError && <Failure>{change.error.message}</Failure>}
      {phase !== 'alerting' && <Transcript id={conversation.id} />}
      {phase === 'talking' && <Answer conversation={conversation} />}
      {phase === 'wrapup' && <Outcome conversation={conversation} />}
    </article>
  );
}

/** Gives what is written to another queue. */
function HandOn({ conversation }: { conversation: Conversation }) {
  const hand = useHandOn(conversation);
  const [chosen, setChosen] = useState<Candidate | null>(null);
  const [asked, setAsked] = useState(false);
  const target = chosen?.target;
  return (
    <AskPanel
      button={<Button>Hand on</Button>}
      title={`Hand ${conversation.who} on to a queue`}
      act="Hand on now"
      wide
      problem={asked && !target ? 'Choose a queue first.' : (hand.error?.message ?? null)}
      onAct={async () => {
        setAsked(true);
        return target !== undefined && 'queueId' in target && (await done(hand.mutateAsync(target.queueId)));
      }}
    >
      <Search withQueues withColleagues={false} chosen={chosen} onChoose={setChosen} />
    </AskPanel>
  );
}

/** All that was written in a conversation. */
export function Transcript({ id }: { id: string }) {
  const transcript = useTranscript(id);
  const list = useRef<HTMLOListElement>(null);
  const count = transcript.data?.messages.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is the reason to go to the end.
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [count]);
  if (transcript.isError && !transcript.data) {
    return (
      <Trouble onRetry={() => void transcript.refetch()}>
        What was written could not be read: {transcript.error.message}
      </Trouble>
    );
  }
  if (!transcript.data) return <Skeleton height="4rem" />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard.
    <ol ref={list} className={styles.messages} role="log" aria-label="What was written" tabIndex={0}>
      {transcript.data.messages.map((each) => (
        <Message key={each.id} message={each} />
      ))}
    </ol>
  );
}

function Message({ message }: { message: TranscriptMessage }) {
  return (
    <li className={styles.message} data-ours={isOurs(message) || undefined}>
      <span className={styles.quiet}>{message.author}</span>
      {message.destroyedDate ? (
        <p className={styles.quiet}>What was written here was destroyed with its recording.</p>
      ) : (
        <p>{message.text}</p>
      )}
      {message.attachments.map(({ id, name, url }) => (
        <Attached key={id} name={name} url={url ?? null} />
      ))}
    </li>
  );
}

/** A file is fetched with the agent's token when it is wanted, and saved, not shown. */
function Attached({ name, url }: { name: string; url: string | null }) {
  const { api } = useServices();
  const [trouble, setTrouble] = useState<string | null>(null);
  const save = async () => {
    if (url === null) return;
    try {
      const address = URL.createObjectURL(await api.blob(url.replace(/^\/api\/v2/, '')));
      Object.assign(document.createElement('a'), { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      setTrouble(null);
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : 'It could not be read.');
    }
  };
  return (
    <>
      <Button onPress={() => void save()}>Save {name}</Button>
      {trouble && <Failure>{trouble}</Failure>}
    </>
  );
}

function Answer({ conversation }: { conversation: Conversation }) {
  const answer = useAnswer(conversation);
  const [text, setText] = useState('');
  const [clientId, setClientId] = useState(() => crypto.randomUUID());
  const send = () => {
    if (!text.trim() || answer.isPending) return;
    answer.mutate(
      { text: text.trim(), clientId },
      {
        onSuccess: () => {
          setText('');
          setClientId(crypto.randomUUID());
        },
      },
    );
  };
  const byKeyboard = (event: KeyboardEvent) => {
    const wanted = conversation.medium === 'messages' ? !event.shiftKey : event.ctrlKey || event.metaKey;
    if (event.key !== 'Enter' || !wanted || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className={styles.form}
      onKeyDown={byKeyboard}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <NoteField label={`Answer ${conversation.who}`} value={text} onChange={setText} />
      {answer.isError && <Failure>{answer.error.message}</Failure>}
      <Button type="submit" look="primary" isDisabled={answer.isPending}>
        Send
      </Button>
    </form>
  );
}

function Outcome({ conversation }: { conversation: Conversation }) {
  const { api } = useServices();
  const change = useChange(conversation);
  const [code, setCode] = useState<string | null>(null);
  const codes = useQuery({
    queryKey: ['wrap-up codes', conversation.id, conversation.ownId],
    staleTime: 600_000,
    queryFn: ({ signal }) =>
      api.get<WrapupCode[]>(
        `/conversations/calls/${conversation.id}/participants/${conversation.ownId}/wrapupcodes`,
        signal,
      ),
  });
  if (codes.isError && !codes.data) {
    return (
      <Trouble onRetry={() => void codes.refetch()}>
        The codes could not be read: {codes.error.message}
      </Trouble>
    );
  }
  if (!codes.data) return <Skeleton height="3rem" />;
  return (
    <div className={styles.form}>
      <SelectField
        label="Outcome"
        choices={codes.data.map(({ id, name }) => ({ id, name }))}
        chosen={code}
        onChoose={setCode}
      />
      {change.isError && <Failure>{change.error.message}</Failure>}
      <Button
        look="primary"
        isDisabled={code === null || change.isPending}
        onPress={() => code !== null && change.mutate({ wrapup: { code } })}
      >
        Done
      </Button>
    </div>
  );
}
