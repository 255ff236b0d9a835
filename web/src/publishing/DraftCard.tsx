import type { UseQueryResult } from '@tanstack/react-query';
import { Button, Card, Failure } from '../design/components';
import { CheckField, NoteField } from '../design/fields';
import { Icon } from '../design/icons';
import { dayAndTime, nameIn, tellIn } from '../foundation/time';
import { useNames } from '../identity/queries';
import { Missing } from '../team/Missing';
import type { Breach, EditsAnswer } from '../wire/api';
import { AgentChanges } from './AgentChanges';
import {
  breachKey,
  brokenRules,
  type Draft,
  type DraftEdit,
  hindrance,
  misplaced,
  problemsOf,
  withAccepted,
  withoutAgents,
  withoutEdit,
} from './draft';
import type { Planned } from './Plan';
import styles from './Publishing.module.css';
import { isStale, usePublish } from './queries';
import { coverageText, editText, nameOf, ruleText } from './telling';

interface DraftProps extends Planned {
  draft: Draft | null;
  onDraft: (draft: Draft | null) => void;
  preview: UseQueryResult<EditsAnswer>;
  onSaid: (sentence: string) => void;
}

/** Edits that wait, what they would do, and the way to publish them. */
export function DraftCard(props: DraftProps) {
  const { draft, onDraft, onSaid } = props;
  const publish = usePublish(props.schedule, (done) => {
    onDraft(null);
    onSaid(`Published as version ${done.version}. ${done.sentence}`);
  });
  return (
    <Card title="Draft" id="draft">
      {draft ? (
        <Standing {...props} draft={draft} publish={publish} />
      ) : (
        <p className={styles.quiet}>
          Nothing is drafted. Edits wait here, with what they would do, until you publish them together.
        </p>
      )}
    </Card>
  );
}

interface StandingProps extends DraftProps {
  draft: Draft;
  publish: ReturnType<typeof usePublish>;
}

function Standing(props: StandingProps) {
  const { draft, onDraft, preview, schedule, publish } = props;
  // News of the new version may come before the answer that it is one's own.
  const isCurrent = publish.isPending || draft.version === schedule.metadata.version;
  const answer = isCurrent ? preview.data : undefined;
  const tell = (sentence: string) => nameIn(props.teller.names, tellIn(props.zone, sentence));
  return (
    <div className={styles.parts} aria-busy={preview.isFetching}>
      <ol className={styles.edits}>
        {draft.edits.map((each, index) => (
          <li key={each.key} className={styles.edit}>
            <div className={styles.line}>
              <span className={styles.grow}>{each.text}</span>
              <Button
                look="quiet"
                square
                aria-label={`Take away: ${each.text}`}
                onPress={() => {
                  onDraft(withoutEdit(draft, each.key));
                  props.onSaid(`Taken out of the draft: ${each.text}`);
                }}
              >
                <Icon name="cross" size={18} />
              </Button>
            </div>
            {answer && !preview.isPlaceholderData && (
              <Problems {...props} answer={answer} tell={tell} of={each} index={index} />
            )}
          </li>
        ))}
      </ol>
      {!isCurrent ? (
        <Moved {...props} />
      ) : answer ? (
        <Shown {...props} answer={answer} tell={tell} />
      ) : preview.isError && !isStale(preview.error) ? (
        <Missing
          what="What the draft would do"
          error={preview.error}
          onRetry={() => void preview.refetch()}
        />
      ) : (
        <p className={styles.quiet}>Looking what it would do …</p>
      )}
    </div>
  );
}

/** More of them say no more. */
const MOST_PROBLEMS = 3;

interface ProblemsProps extends StandingProps {
  answer: EditsAnswer;
  tell: (sentence: string) => string;
  of: DraftEdit;
  index: number;
}

/** Why an edit is not possible; where it is so for some of its agents only, the others need not wait. */
function Problems({ draft, onDraft, onSaid, teller, answer, tell, of, index }: ProblemsProps) {
  const problems = problemsOf(answer, index);
  if (problems.length === 0) return null;
  const without = misplaced(answer, of, index);
  const isForSome = without.size > 0 && without.size < (of.edit.userIds?.length ?? 0);
  const agents = without.size === 1 ? 'this agent' : `these ${without.size} agents`;
  return (
    <div className={styles.parts}>
      <ul className={styles.problems}>
        {problems.slice(0, MOST_PROBLEMS).map((problem) => (
          <li key={problem}>
            <Failure>Not possible: {tell(problem)}</Failure>
          </li>
        ))}
        {problems.length > MOST_PROBLEMS && <li>And {problems.length - MOST_PROBLEMS} more.</li>}
      </ul>
      {isForSome && (
        <div>
          <Button
            onPress={() => {
              onDraft(withoutAgents(draft, of.key, without, (edit) => editText(edit, '', teller)));
              onSaid(`Left out: ${without.size === 1 ? '1 agent' : `${without.size} agents`}.`);
            }}
          >
            Leave {agents} out
          </Button>
        </div>
      )}
    </div>
  );
}

/** The schedule is another one than the draft was made on. Nothing of the draft is lost. */
function Moved({ draft, onDraft, publish, schedule, zone }: StandingProps) {
  const { version, modifiedBy, dateModified } = schedule.metadata;
  const names = useNames([modifiedBy.id]);
  const who = names.get(modifiedBy.id) ?? 'Somebody';
  return (
    <div className={styles.parts} role="status">
      <p>
        The schedule changed since you began: you drafted on version {draft.version}, and version {version} is
        in force since {dayAndTime(Date.parse(dateModified), zone)}, by {who}. Your draft is kept.
      </p>
      <div>
        <Button
          onPress={() => {
            publish.reset();
            onDraft({ ...draft, version });
          }}
        >
          Hold it against version {version}
        </Button>
      </div>
    </div>
  );
}

interface ShownProps extends StandingProps {
  answer: EditsAnswer;
  tell: (sentence: string) => string;
}

function Shown(props: ShownProps) {
  const { draft, onDraft, answer, preview, publish, tell, teller } = props;
  const notices = answer.breaches.filter(({ severity }) => severity === 'notice');
  const coverage = coverageText(answer.coverage, props.offsets);
  const hindered = hindrance(draft, answer);
  return (
    <>
      <section aria-label="What it would do" className={styles.parts}>
        {answer.possible && <p className={styles.strong}>{answer.sentence}</p>}
        {coverage && <p className={styles.quiet}>{coverage}</p>}
        <AgentChanges agents={answer.agents} teller={teller} />
        {[...brokenRules(answer.breaches)].map(([code, breaches]) => (
          <Rule key={code} {...props} code={code} breaches={breaches} />
        ))}
        {notices.length > 0 && (
          <details>
            <summary className={styles.quiet}>
              {notices.length === 1 ? 'One notice' : `${notices.length} notices`}, which stop nothing
            </summary>
            <ul className={styles.sentences}>
              {notices.slice(0, MOST_LISTED).map((notice) => (
                <li key={breachKey(notice)}>
                  {nameOf(teller, notice.user.id)}: {breachText(notice, props)}
                </li>
              ))}
            </ul>
          </details>
        )}
      </section>
      <NoteField
        label="Why, which the agents see"
        value={draft.reason}
        onChange={(reason) => onDraft({ ...draft, reason })}
      />
      {publish.isError && <Failure>Nothing was published. {tell(publish.error.message)}</Failure>}
      {hindered && <p className={styles.quiet}>{hindered}</p>}
      <div className={styles.actions}>
        <Button
          look="primary"
          isDisabled={hindered !== null || preview.isFetching || publish.isPending}
          onPress={() => publish.mutate({ draft, shown: answer })}
        >
          Publish
        </Button>
        <Button
          onPress={() => {
            onDraft(null);
            props.onSaid('The draft is discarded.');
          }}
        >
          Discard the draft
        </Button>
      </div>
    </>
  );
}

const MOST_LISTED = 50;

/** A breach names its own agent only; to look for all of a large unit's takes long. */
function breachText({ user, sentence }: Breach, { teller, zone }: Planned): string {
  return nameIn(new Map([[user.id, nameOf(teller, user.id)]]), tellIn(zone, sentence));
}

/** One rule that the draft breaks, for whom, and whether that is accepted. */
function Rule(props: ShownProps & { code: string; breaches: Breach[] }) {
  const { draft, onDraft, code, breaches, teller } = props;
  const accepted = new Set(draft.accepted);
  const isAccepted = (breach: Breach) => accepted.has(breachKey(breach));
  return (
    <fieldset className={styles.rule}>
      <legend>{ruleText(code)}</legend>
      {breaches.length > 1 && (
        <CheckField
          isChecked={breaches.every(isAccepted)}
          onChange={(all) => onDraft(withAccepted(draft, breaches, all))}
        >
          Accept it for all {breaches.length}
        </CheckField>
      )}
      {breaches.slice(0, MOST_LISTED).map((breach) => (
        <CheckField
          key={breachKey(breach)}
          isChecked={isAccepted(breach)}
          onChange={(one) => onDraft(withAccepted(draft, [breach], one))}
        >
          Accept it for {nameOf(teller, breach.user.id)}: {breachText(breach, props)}
        </CheckField>
      ))}
      {breaches.length > MOST_LISTED && (
        <p className={styles.quiet}>And for {breaches.length - MOST_LISTED} more.</p>
      )}
    </fieldset>
  );
}
