import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';
import { Button as ActionButton, Card, Dot, Skeleton, Trouble } from '../design/components';
import { Icon } from '../design/icons';
import { useMe } from '../identity/queries';
import { Waiting } from '../routing/WhyNotMe';
import type { PresenceDefinition, UserPresence } from '../wire/api';
import styles from './PresenceCard.module.css';
import { nameOf, presenceFor, presenceName, routingSentence, stillFailed, toneOf } from './presence';
import {
  useArrival,
  useDefinitions,
  useLatestChange,
  usePresence,
  useReadyAgain,
  useRoutingStatus,
  useSetPresence,
} from './queries';

/** The person's presence, and the ways to change it. */
export function PresenceCard() {
  const me = useMe().data;
  const definitions = useDefinitions();
  const presence = usePresence(me?.id);
  return (
    <Card
      title="Presence"
      id="presence"
      actions={<Note userId={me?.id} definitions={definitions.data} readAt={presence.dataUpdatedAt} />}
    >
      <div className={styles.body}>
        {definitions.data && presence.data && me ? (
          <>
            <Choice userId={me.id} definitions={definitions.data} presence={presence.data} />
            <Queueing userId={me.id} definitions={definitions.data} presence={presence.data} />
            <Waiting />
          </>
        ) : definitions.isError || presence.isError ? (
          <Trouble
            onRetry={() => {
              void definitions.refetch();
              void presence.refetch();
            }}
          >
            Not readable just now.
          </Trouble>
        ) : (
          <Skeleton height="2.75rem" />
        )}
      </div>
    </Card>
  );
}

function Choice(props: { userId: string; definitions: PresenceDefinition[]; presence: UserPresence }) {
  const { definitions, presence } = props;
  const change = useSetPresence(props.userId);
  useArrival(props.userId, definitions, presence);
  const current = presence.presenceDefinition;
  const known = definitions.find(({ id }) => id === current?.id);
  return (
    <Select
      aria-label="Presence"
      selectedKey={known?.id ?? null}
      onSelectionChange={(key) => typeof key === 'string' && key !== known?.id && change.mutate(key)}
      isDisabled={change.isPending}
      className={styles.choice ?? ''}
    >
      <Button className={styles.field ?? ''}>
        <Dot tone={toneOf(known?.systemPresence ?? current?.systemPresence)} />
        <SelectValue className={styles.value ?? ''}>
          {known ? nameOf(known) : presenceName(current?.systemPresence ?? 'Offline')}
        </SelectValue>
        <Icon name="down" size={18} />
      </Button>
      <Popover className={styles.popover ?? ''}>
        <ListBox items={definitions} className={styles.options ?? ''}>
          {(definition) => (
            <ListBoxItem id={definition.id} textValue={nameOf(definition)} className={styles.option ?? ''}>
              <Dot tone={toneOf(definition.systemPresence)} />
              <span className={styles.value}>{nameOf(definition)}</span>
              {definition.id === known?.id && <Icon name="check" size={18} />}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}

/** One press on queue and off, and whether calls are offered meanwhile. */
function Queueing(props: { userId: string; definitions: PresenceDefinition[]; presence: UserPresence }) {
  const change = useSetPresence(props.userId);
  const routing = useRoutingStatus(props.userId).data;
  const isOnQueue = props.presence.presenceDefinition?.systemPresence === 'OnQueue';
  const next = presenceFor(props.definitions, isOnQueue ? 'Available' : 'OnQueue');
  return (
    <>
      {routing?.status === 'NOT_RESPONDING' ? (
        <NotResponding userId={props.userId} />
      ) : (
        <p className={styles.routing} role="status">
          {routing && routingSentence(isOnQueue ? routing.status : 'OFF_QUEUE')}
        </p>
      )}
      {next !== null && (
        <ActionButton
          look={isOnQueue ? 'plain' : 'primary'}
          onPress={() => !change.isPending && change.mutate(next)}
        >
          {isOnQueue ? 'Leave the queue' : 'Go on queue'}
        </ActionButton>
      )}
    </>
  );
}

function NotResponding({ userId }: { userId: string }) {
  const ready = useReadyAgain(userId);
  return (
    <div className={styles.warning} role="status">
      <p>{routingSentence('NOT_RESPONDING')}</p>
      <ActionButton look="primary" onPress={() => !ready.isPending && ready.mutate()}>
        I’m ready again
      </ActionButton>
      {ready.isError && <p>Not changed: {ready.error.message}</p>}
    </div>
  );
}

/** How the last change went, while that is worth saying. */
function Note(props: {
  userId: string | undefined;
  definitions: PresenceDefinition[] | undefined;
  readAt: number;
}) {
  const change = useLatestChange(props.userId);
  const asked = props.definitions?.find(({ id }) => id === change?.variables);
  return (
    <span className={styles.note} role="status">
      {change?.status === 'pending' && asked && `Changing to ${nameOf(asked)}…`}
      {change && stillFailed(change, props.readAt) && `Not changed: ${change.error?.message}`}
    </span>
  );
}
