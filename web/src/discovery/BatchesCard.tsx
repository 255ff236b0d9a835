import { useState } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { Card, Chip } from '../design/components';
import listed from '../design/listed.module.css';
import { Pager } from '../design/Pager';
import { useNames } from '../identity/queries';
import { utcText } from '../legal/legal';
import { Read } from '../team/Read';
import type { BatchRequest } from '../wire/api';
import { BATCHES_ON_A_PAGE, useBatchErrors, useBatches } from './jobQueries';
import { batchChip, batchText } from './jobs';

/** More are counted, and told by the API. */
const MOST_SHOWN = 100;

/** Batch requests of the vendor's kind: how far each is, and what it cannot have. They are made by the API. */
export function BatchesCard() {
  const [page, setPage] = useState(1);
  const found = useBatches(page);
  const names = useNames(found.data?.entities.map(({ user }) => user.id) ?? []);
  return (
    <Card title="Batch requests" id="batches">
      <Read what="Batch requests" found={found} height="3rem">
        {({ entities }) =>
          entities.length === 0 ? (
            <p className={listed.quiet}>
              There are no batch requests. They are made by the API, and fetch many recordings at once.
            </p>
          ) : (
            <ul aria-label="Batch requests" className={listed.list}>
              {entities.map((batch) => (
                <li key={batch.id}>
                  <One batch={batch} by={names.get(batch.user.id) ?? batch.user.id} />
                </li>
              ))}
            </ul>
          )
        }
      </Read>
      <Pager
        what="batch requests"
        page={page}
        size={BATCHES_ON_A_PAGE}
        total={found.data?.total ?? 0}
        onPage={setPage}
      />
    </Card>
  );
}

function One({ batch, by }: { batch: BatchRequest; by: string }) {
  const [isOpen, setOpen] = useState(false);
  const { tone, text } = batchChip(batch);
  return (
    <Disclosure isExpanded={isOpen} onExpandedChange={setOpen}>
      <Heading level={3}>
        <AriaButton slot="trigger" className={listed.trigger ?? ''}>
          <span className={listed.name}>
            Asked for by {by}, {utcText(batch.dateCreated)}
          </span>
          <Chip tone={tone}>{text}</Chip>
          <span className={listed.below}>{batchText(batch)}</span>
        </AriaButton>
      </Heading>
      {batch.status !== 'Completed' && (
        <progress
          aria-label={`How far it is: asked for by ${by}`}
          max={Math.max(1, batch.expectedResultCount)}
          value={batch.resultCount}
        />
      )}
      <DisclosurePanel className={listed.panel ?? ''}>
        {isOpen && (
          <>
            <p className={listed.quiet}>
              Id <code>{batch.id}</code>
              {batch.dateCompleted && `, ended ${utcText(batch.dateCompleted)}`}
            </p>
            {batch.errorCount === 0 ? (
              <p className={listed.quiet}>Nothing of it cannot be had.</p>
            ) : (
              <Errors batch={batch} />
            )}
          </>
        )}
      </DisclosurePanel>
    </Disclosure>
  );
}

function Errors({ batch }: { batch: BatchRequest }) {
  const found = useBatchErrors(batch);
  return (
    <Read what="What cannot be had" found={found} height="3rem">
      {(errors) => (
        <div>
          <h4>Cannot be had</h4>
          <ul aria-label="What cannot be had" className={listed.points}>
            {errors.slice(0, MOST_SHOWN).map(({ conversationId, recordingId, errorMsg }) => (
              <li key={`${conversationId} ${recordingId}`} className={listed.words}>
                {errorMsg}{' '}
                <span className={listed.quiet}>
                  {recordingId && `Recording ${recordingId}, `}conversation {conversationId}
                </span>
              </li>
            ))}
          </ul>
          {errors.length > MOST_SHOWN && (
            <p className={listed.quiet}>
              {(errors.length - MOST_SHOWN).toLocaleString('en-US')} more are told by the API.
            </p>
          )}
        </div>
      )}
    </Read>
  );
}
