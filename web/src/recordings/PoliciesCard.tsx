import { useState } from 'react';
import { AskPanel, done } from '../design/AskPanel';
import { Button, Card, Chip, Skeleton, useSaid } from '../design/components';
import { CheckField, type Choice, SelectField } from '../design/fields';
import { type Told, tell } from '../foundation/refusals';
import { useNames } from '../identity/queries';
import { utcText } from '../legal/legal';
import { useChoices } from '../legal/queries';
import { Missing } from '../team/Missing';
import styles from './Governing.module.css';
import {
  CHANNELS,
  type Channel,
  DIRECTIONS,
  draftOf,
  KEPT,
  type Kept,
  keptChip,
  NO_SCOPE,
  type PolicyLine,
  policyLines,
  scopeOf,
  scopeQuery,
  scopeText,
  type TypedScope,
  type TypedTerms,
  termsOf,
  termsText,
  USUAL,
} from './policies';
import {
  useAddPolicy,
  useChangePolicy,
  useEffectivePolicy,
  usePolicies,
  useRemovePolicy,
} from './policyQueries';
import type { May } from './RecordingsPage';

type Say = (sentence: string) => void;
type NameOf = (queueId: string) => string;

const EDIT = 'recording:retentionPolicy:edit';
const TERMS = ['record', 'snippet', 'pauseAllowed', 'announceConsent', 'reasonRequired'];
const SCOPE = ['queueId', 'direction', 'channel'];

/** What is recorded, by queue, direction and channel. */
export function PoliciesCard({ may }: { may: May }) {
  const [said, say] = useSaid();
  const found = usePolicies();
  const { queues } = useChoices();
  const nameOf: NameOf = (id) => queues.find((queue) => queue.id === id)?.name ?? `queue ${id}`;
  const lines = policyLines(found.data?.policies ?? [], nameOf);
  const names = useNames(lines.map(({ changedBy }) => changedBy));
  return (
    <Card
      title="What is recorded"
      id="policies"
      actions={may(EDIT) && found.data && <Adding queues={queues} nameOf={nameOf} onSaid={say} />}
    >
      {said}
      {found.isError && !found.data ? (
        <Missing what="Policies" error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height="9rem" />
      ) : (
        <>
          <ul aria-label="Policies" className={styles.list}>
            {lines.map((line) => (
              <Line
                key={line.key}
                line={line}
                by={line.changedBy === null ? null : (names.get(line.changedBy) ?? line.changedBy)}
                nameOf={nameOf}
                mayChange={may(EDIT)}
                onSaid={say}
              />
            ))}
          </ul>
          <InForce queues={queues} nameOf={nameOf} />
        </>
      )}
    </Card>
  );
}

function Line(props: {
  line: PolicyLine;
  by: string | null;
  nameOf: NameOf;
  mayChange: boolean;
  onSaid: Say;
}) {
  const { line, by, nameOf, onSaid } = props;
  const title = scopeText(line.scope, nameOf);
  const chip = keptChip(line.terms);
  return (
    <li className={styles.line}>
      <span className={styles.told}>
        <span className={styles.head}>
          {title} <Chip tone={chip.tone}>{chip.text}</Chip>
        </span>
        <span className={styles.words}>{termsText(line.terms, line.scope.channel)}</span>
        <span className={styles.quiet}>
          {line.isSet && line.since !== null
            ? `Since ${utcText(line.since)}, by ${by ?? 'the system'}.`
            : 'Nobody set anything else: so it is of itself.'}
        </span>
      </span>
      {props.mayChange && (
        <span className={styles.actions}>
          <Changing line={line} title={title} onSaid={onSaid} />
          {line.isSet && <Removing line={line} title={title} onSaid={onSaid} />}
        </span>
      )}
    </li>
  );
}

function Changing({ line, title, onSaid }: { line: PolicyLine; title: string; onSaid: Say }) {
  const [terms, setTerms] = useState(line.terms);
  const change = useChangePolicy();
  const told = tell(change.error, TERMS, 'Not changed');
  const go = async () => {
    if (!(await done(change.mutateAsync(draftOf(line.scope, terms))))) return false;
    onSaid(`Changed: ${title}. It holds for whoever connects from now on.`);
    return true;
  };
  return (
    <AskPanel
      button={
        <Button
          look="quiet"
          aria-label={`Change: ${title}`}
          onPress={() => {
            setTerms(line.terms);
            change.reset();
          }}
        >
          Change
        </Button>
      }
      title={title}
      act="Change it"
      wide
      problem={told.sentence}
      onAct={go}
    >
      <TermsFields terms={terms} channel={line.scope.channel} told={told} onChange={setTerms} />
    </AskPanel>
  );
}

function Removing({ line, title, onSaid }: { line: PolicyLine; title: string; onSaid: Say }) {
  const remove = useRemovePolicy();
  const go = async () => {
    if (!(await done(remove.mutateAsync(scopeQuery(line.scope))))) return false;
    onSaid(`Taken away: ${title}. The next wider policy holds.`);
    return true;
  };
  return (
    <AskPanel
      button={
        <Button look="quiet" aria-label={`Take away: ${title}`}>
          Take away
        </Button>
      }
      title={`Take the policy away: ${title}?`}
      act="Take it away"
      look="danger"
      problem={tell(remove.error, [], 'Not taken away').sentence}
      onAct={go}
    >
      <p>The next wider policy holds then; where there is none, everything is recorded.</p>
    </AskPanel>
  );
}

function Adding({ queues, nameOf, onSaid }: { queues: Choice[]; nameOf: NameOf; onSaid: Say }) {
  const [scope, setScope] = useState<TypedScope>(NO_SCOPE);
  const [terms, setTerms] = useState<TypedTerms>(USUAL);
  const add = useAddPolicy();
  const told = tell(add.error, [...TERMS, ...SCOPE], 'Not added');
  const go = async () => {
    if (!(await done(add.mutateAsync(draftOf(scope, terms))))) return false;
    onSaid(`Added: ${scopeText(scope, nameOf)}. It holds for whoever connects from now on.`);
    setScope(NO_SCOPE);
    setTerms(USUAL);
    return true;
  };
  return (
    <AskPanel
      button={<Button onPress={() => add.reset()}>Add a policy</Button>}
      title="Add a policy"
      act="Add it"
      wide
      problem={told.sentence}
      onAct={go}
    >
      <ScopeFields scope={scope} queues={queues} told={told} onChange={setScope} />
      <TermsFields terms={terms} channel={scope.channel} told={told} onChange={setTerms} />
    </AskPanel>
  );
}

function ScopeFields(props: {
  scope: TypedScope;
  queues: Choice[];
  told: Told;
  onChange: (scope: TypedScope) => void;
}) {
  const { scope, told, onChange } = props;
  return (
    <>
      <SelectField
        label="Channel"
        choices={CHANNELS}
        chosen={scope.channel}
        onChoose={(channel) => onChange({ ...scope, channel: channel as Channel })}
        problem={told.at('channel')}
      />
      <SelectField
        label="Queue"
        choices={[{ id: '', name: 'Any or none' }, ...props.queues]}
        chosen={scope.queueId}
        onChoose={(queueId) => onChange({ ...scope, queueId })}
        problem={told.at('queueId')}
      />
      <SelectField
        label="Direction"
        choices={DIRECTIONS}
        chosen={scope.direction}
        onChoose={(direction) => onChange({ ...scope, direction })}
        problem={told.at('direction')}
      />
    </>
  );
}

function TermsFields(props: {
  terms: TypedTerms;
  channel: Channel;
  told: Told;
  onChange: (terms: TypedTerms) => void;
}) {
  const { terms, told } = props;
  const set = (part: Partial<TypedTerms>) => props.onChange({ ...terms, ...part });
  return (
    <>
      <SelectField
        label="What is recorded"
        choices={KEPT}
        chosen={terms.kept}
        onChoose={(kept) => set({ kept: kept as Kept })}
        problem={told.at('record') ?? told.at('snippet')}
      />
      <CheckField
        isChecked={terms.pauseAllowed}
        onChange={(pauseAllowed) => set({ pauseAllowed })}
        problem={told.at('pauseAllowed')}
      >
        Who talks may pause it
      </CheckField>
      <CheckField
        isChecked={terms.announceConsent}
        onChange={(announceConsent) => set({ announceConsent })}
        problem={told.at('announceConsent')}
      >
        Both sides are told that the call is recorded, before they hear each other
      </CheckField>
      <CheckField
        isChecked={terms.reasonRequired}
        onChange={(reasonRequired) => set({ reasonRequired })}
        problem={told.at('reasonRequired')}
      >
        Whoever listens says why
      </CheckField>
    </>
  );
}

/** Which policy holds for conversations of a queue and direction: several may fit, and the narrowest holds. */
function InForce({ queues, nameOf }: { queues: Choice[]; nameOf: NameOf }) {
  const [scope, setScope] = useState<TypedScope>(NO_SCOPE);
  const found = useEffectivePolicy(scopeQuery(scope));
  return (
    <section aria-labelledby="in-force" className={styles.inForce}>
      <h3 id="in-force">Which policy holds</h3>
      <div className={styles.choose}>
        <ScopeFields scope={scope} queues={queues} told={NOTHING_TOLD} onChange={setScope} />
      </div>
      {found.isError && !found.data ? (
        <Missing what="What holds" error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height="1.5rem" />
      ) : (
        <p role="status" className={styles.words}>
          <Chip tone={keptChip(termsOf(found.data)).tone}>{keptChip(termsOf(found.data)).text}</Chip>{' '}
          {termsText(termsOf(found.data), scope.channel)}{' '}
          <span className={styles.quiet}>
            {found.data.since === null
              ? 'No policy is set for it.'
              : `By the policy: ${scopeText(scopeOf(found.data), nameOf)}.`}
          </span>
        </p>
      )}
    </section>
  );
}

const NOTHING_TOLD: Told = tell(null, [], '');
