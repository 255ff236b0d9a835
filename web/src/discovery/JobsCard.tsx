import { useState } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { AskPanel, done } from '../design/AskPanel';
import { Button, Card, Chip, Failure, Skeleton, useSaid } from '../design/components';
import { SelectField } from '../design/fields';
import listed from '../design/listed.module.css';
import { Pager } from '../design/Pager';
import { messageOf } from '../foundation/refusals';
import { useNames } from '../identity/queries';
import { utcText } from '../legal/legal';
import { Missing } from '../team/Missing';
import { Read } from '../team/Read';
import type { RecordingJob } from '../wire/api';
import {
  FAILED_ON_A_PAGE,
  JOBS_ON_A_PAGE,
  useBeginJob,
  useCancelJob,
  useFailed,
  useJobs,
} from './jobQueries';
import { askedText, isMoving, isOver, JOB_STATES, jobChip, progressText } from './jobs';

type May = (asked: string) => boolean;
type Say = (sentence: string) => void;

/** Recording jobs of the vendor's kind: how far each is, and for which recordings it failed. They are made by the API. */
export function JobsCard({ may }: { may: May }) {
  const [said, say] = useSaid();
  const [wanted, setWanted] = useState({ state: '', page: 1 });
  const found = useJobs(wanted.state, wanted.page);
  const jobs = found.data?.entities ?? [];
  const names = useNames(jobs.flatMap(({ user, startedBy }) => [user.id, startedBy?.id]));
  return (
    <Card title="Recording jobs" id="jobs">
      {said}
      <div className={listed.choose}>
        <SelectField
          label="In which state"
          choices={JOB_STATES}
          chosen={wanted.state}
          onChoose={(state) => setWanted({ state, page: 1 })}
        />
      </div>
      <Read what="Recording jobs" found={found} height="6rem">
        {() =>
          jobs.length === 0 ? (
            <p className={listed.quiet}>
              {wanted.state
                ? 'No job is in that state.'
                : 'There are no recording jobs. They are made by the API, and export, archive or delete many recordings at once.'}
            </p>
          ) : (
            <ul aria-label="Recording jobs" className={listed.list}>
              {jobs.map((job) => (
                <li key={job.id}>
                  <One job={job} nameOf={(id) => names.get(id) ?? id} may={may} onSaid={say} />
                </li>
              ))}
            </ul>
          )
        }
      </Read>
      <Pager
        what="recording jobs"
        page={wanted.page}
        size={JOBS_ON_A_PAGE}
        total={found.data?.total ?? 0}
        onPage={(page) => setWanted({ ...wanted, page })}
      />
    </Card>
  );
}

function One(props: { job: RecordingJob; nameOf: (id: string) => string; may: May; onSaid: Say }) {
  const { job, nameOf, may, onSaid } = props;
  const [isOpen, setOpen] = useState(false);
  const { tone, text } = jobChip(job);
  const title = askedText(job.recordingJobsQuery, utcText);
  return (
    <Disclosure isExpanded={isOpen} onExpandedChange={setOpen}>
      <Heading level={3}>
        <AriaButton slot="trigger" className={listed.trigger ?? ''}>
          <span className={listed.name}>{title}</span>
          <Chip tone={tone}>{text}</Chip>
          <span className={listed.below}>{progressText(job)}</span>
        </AriaButton>
      </Heading>
      {isMoving(job) && (
        <progress
          aria-label={`How far it is: ${title}`}
          {...(job.state === 'PROCESSING' && { max: 100, value: job.percentProgress })}
        />
      )}
      {job.errorMessage && <Failure>{job.errorMessage}</Failure>}
      {job.obstacle && <p className={listed.quiet}>It is tried again: {job.obstacle}</p>}
      <DisclosurePanel className={listed.panel ?? ''}>
        {isOpen && (
          <>
            <p className={listed.quiet}>
              Made by {nameOf(job.user.id)}, {utcText(job.dateCreated)}
              {job.dateStarted &&
                job.startedBy &&
                `; begun by ${nameOf(job.startedBy.id)}, ${utcText(job.dateStarted)}`}
              {job.dateEnded && `; ended ${utcText(job.dateEnded)}`}. Id <code>{job.id}</code>
            </p>
            <Failures job={job} />
            <div className={listed.actions}>
              {may('recording:job:edit') && (job.state === 'READY' || job.state === 'FAILED') && (
                <Beginning job={job} title={title} onSaid={onSaid} />
              )}
              {may('recording:job:delete') && <Cancelling job={job} title={title} onSaid={onSaid} />}
            </div>
          </>
        )}
      </DisclosurePanel>
    </Disclosure>
  );
}

function Failures({ job }: { job: RecordingJob }) {
  const [page, setPage] = useState(1);
  const found = useFailed(job, page);
  if (found.isError && !found.data) {
    return <Missing what="Its failures" error={found.error} onRetry={() => void found.refetch()} />;
  }
  if (!found.data) return <Skeleton height="2rem" />;
  if (found.data.entities.length === 0) return <p className={listed.quiet}>It failed for no recording.</p>;
  return (
    <div>
      <h4>Failed for</h4>
      <ul aria-label="Recordings for which it failed" className={listed.points}>
        {found.data.entities.map(({ recording, conversation, errorMessage }) => (
          <li key={`${conversation.id} ${recording.id}`} className={listed.words}>
            {errorMessage}{' '}
            <span className={listed.quiet}>
              {recording.id && `Recording ${recording.id}, `}conversation {conversation.id}
            </span>
          </li>
        ))}
      </ul>
      <Pager what="failures" page={page} size={FAILED_ON_A_PAGE} total={found.data.total} onPage={setPage} />
    </div>
  );
}

function Beginning({ job, title, onSaid }: { job: RecordingJob; title: string; onSaid: Say }) {
  const begin = useBeginJob();
  const isAgain = job.state === 'FAILED';
  const go = async () => {
    if (!(await done(begin.mutateAsync(job.id)))) return false;
    onSaid(`Begun: ${title}.`);
    return true;
  };
  return (
    <AskPanel
      button={<Button onPress={() => begin.reset()}>{isAgain ? 'Go on' : 'Begin it'}</Button>}
      title={isAgain ? 'Go on with the job?' : 'Begin the job?'}
      act={isAgain ? 'Go on' : 'Begin it'}
      problem={begin.isError ? `Not begun: ${messageOf(begin.error)}` : null}
      onAct={go}
    >
      <p>
        {title}: {job.totalRecordings.toLocaleString('en-US')} recordings.
      </p>
    </AskPanel>
  );
}

function Cancelling({ job, title, onSaid }: { job: RecordingJob; title: string; onSaid: Say }) {
  const cancel = useCancelJob();
  const over = isOver(job);
  const go = async () => {
    if (!(await done(cancel.mutateAsync(job.id)))) return false;
    onSaid(over ? `Off the list: ${title}.` : `Cancelled: ${title}. What it did stays done.`);
    return true;
  };
  return (
    <AskPanel
      button={<Button onPress={() => cancel.reset()}>{over ? 'Take it off the list' : 'Cancel it'}</Button>}
      title={over ? 'Take the job off the list?' : 'Cancel the job?'}
      act={over ? 'Take it off' : 'Cancel it'}
      look="danger"
      problem={cancel.isError ? `Not done: ${messageOf(cancel.error)}` : null}
      onAct={go}
    >
      <p>{over ? 'What it did stays done; nobody finds it here any more.' : 'What it did stays done.'}</p>
    </AskPanel>
  );
}
