import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useNow, useServices } from '../app/services';
import { Button, Skeleton, Trouble } from '../design/components';
import { NoteField, SelectField } from '../design/fields';
import { Icon } from '../design/icons';
import { stopwatch } from '../foundation/time';
import type { Call, WrapupDue } from '../softphone/view';
import type { ParticipantChange, WrapupCode } from '../wire/api';
import styles from './Wrapup.module.css';
import { promptSentence } from './wrapup';

/** After-call work: how the call went, with a note, in the time there is for it. */
export function WrapupBlock({ call, due }: { call: Call; due: WrapupDue }) {
  const { api, phone } = useServices();
  const id = useId();
  const [code, setCode] = useState<string | null>(null);
  const [notes, setNotes] = useState('');
  const codes = useQuery({
    queryKey: ['wrap-up codes', call.id, call.ownId],
    staleTime: 600_000,
    queryFn: ({ signal }) =>
      api.get<WrapupCode[]>(`/conversations/calls/${call.id}/participants/${call.ownId}/wrapupcodes`, signal),
  });
  const finish = useMutation({
    mutationFn: (body: ParticipantChange) =>
      api.patch(`/conversations/calls/${call.id}/participants/${call.ownId}`, body),
    onSuccess: () => {
      // What is given before a time that nobody may cut short is only kept until then.
      if (due.prompt !== 'forcedTimeout') phone.dismiss(call.id);
    },
  });
  const give = () =>
    code !== null && !finish.isPending && finish.mutate({ wrapup: { code, notes: notes.trim() } });
  return (
    <article className={styles.block} aria-labelledby={id} data-phase="wrapup">
      <div className={styles.head}>
        <span className={styles.badge}>
          <Icon name="note" size={22} />
        </span>
        <div className={styles.text}>
          <p className={styles.label}>
            After-call work{call.queue?.name && ` · ${call.queue.name}`}
            {due.endsAt !== null && <Left until={due.endsAt} />}
          </p>
          <h3 id={id} className={styles.title}>
            How did the call with {call.who} go?
          </h3>
          <p className={styles.label}>{promptSentence(due.prompt)}</p>
        </div>
      </div>
      {codes.isError && !codes.data ? (
        <Trouble onRetry={() => void codes.refetch()}>
          The codes could not be read: {codes.error.message}
        </Trouble>
      ) : codes.data ? (
        <div className={styles.form}>
          <SelectField
            label="Outcome"
            choices={codes.data.map(({ id, name }) => ({ id, name }))}
            chosen={code}
            onChoose={setCode}
            placeholder={codes.data.length === 0 ? 'This queue has no codes' : 'Choose'}
          />
          <NoteField label="Notes" value={notes} onChange={setNotes} />
        </div>
      ) : (
        <Skeleton height="4rem" />
      )}
      <div className={styles.actions}>
        <Button look="primary" isDisabled={code === null} onPress={give}>
          Done
        </Button>
        {due.maySkip && (
          <Button onPress={() => !finish.isPending && finish.mutate({ wrapupSkipped: true })}>Skip</Button>
        )}
        {finish.isSuccess && <p role="status">Noted.</p>}
        {finish.isError && (
          <p role="alert" className={styles.failure}>
            {finish.error.message}
          </p>
        )}
      </div>
    </article>
  );
}

function Left({ until }: { until: number }) {
  const left = until - useNow(1000);
  return (
    <>
      {' · '}
      <span role="timer" className={styles.left}>
        {stopwatch(left)} left
      </span>
    </>
  );
}
