import { useState } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { Button, Card, Chip, Failure, useSaid } from '../design/components';
import { SelectField } from '../design/fields';
import listed from '../design/listed.module.css';
import { Pager } from '../design/Pager';
import { useNames } from '../identity/queries';
import { utcText } from '../legal/legal';
import { Read } from '../team/Read';
import type { ImportProblem, QuarantineItem } from '../wire/api';
import styles from './Imports.module.css';
import { isHopeless, openProblems, STATE_CHIPS, STATES, valueText } from './imports';
import { ITEMS_ON_A_PAGE, useImports, useItems, useSaveMetadata } from './queries';
import { RepairForm } from './RepairForm';

type May = (asked: string) => boolean;
type Say = (sentence: string) => void;

/** What came from elsewhere and is no recording yet, with each thing that is wrong of it; and what became one. */
export function QuarantineCard({ may }: { may: May }) {
  const [said, say] = useSaid();
  const [wanted, setWanted] = useState({ state: 'waiting', importId: '', page: 1 });
  const imports = useImports(1).data?.entities ?? [];
  const found = useItems(wanted.state, wanted.importId, wanted.page, imports);
  return (
    <Card title="Quarantine" id="quarantine">
      {said}
      <div className={listed.choose}>
        <SelectField
          label="What is shown"
          choices={[...STATES, { id: '', name: 'Everything that came' }]}
          chosen={wanted.state}
          onChoose={(state) => setWanted({ ...wanted, state, page: 1 })}
        />
        <SelectField
          label="Of which import"
          choices={[
            { id: '', name: 'Any' },
            ...imports.map(({ id, folder, dateStarted }) => ({
              id,
              name: `${folder}, ${utcText(dateStarted)}`,
            })),
          ]}
          chosen={wanted.importId}
          onChoose={(importId) => setWanted({ ...wanted, importId, page: 1 })}
        />
      </div>
      <Read what="The quarantine" found={found} height="6rem">
        {({ entities }) =>
          entities.length === 0 ? (
            <p className={listed.quiet}>
              {wanted.state === 'waiting' ? 'Nothing waits for anybody.' : 'There is nothing of that.'}
            </p>
          ) : (
            <ul aria-label="Quarantine" className={listed.list}>
              {entities.map((item) => (
                <li key={item.id}>
                  <One item={item} mayRepair={may('recording:import:edit')} onSaid={say} />
                </li>
              ))}
            </ul>
          )
        }
      </Read>
      <Pager
        what="the quarantine"
        page={wanted.page}
        size={ITEMS_ON_A_PAGE}
        total={found.data?.total ?? 0}
        onPage={(page) => setWanted({ ...wanted, page })}
      />
    </Card>
  );
}

function One({ item, mayRepair, onSaid }: { item: QuarantineItem; mayRepair: boolean; onSaid: Say }) {
  const [isOpen, setOpen] = useState(false);
  const { tone, text } = STATE_CHIPS[item.state];
  const open = openProblems(item);
  return (
    <Disclosure isExpanded={isOpen} onExpandedChange={setOpen}>
      <Heading level={3}>
        <AriaButton slot="trigger" className={listed.trigger ?? ''}>
          <span className={listed.name}>{item.recordingId}</span>
          <Chip tone={tone}>{text}</Chip>
          <span className={`${listed.below} ${listed.quiet}`}>
            {open.length === 0 ? item.path : open.map(({ sentence }) => sentence).join(' ')}
          </span>
        </AriaButton>
      </Heading>
      <DisclosurePanel className={listed.panel ?? ''}>
        {isOpen && <Details item={item} mayRepair={mayRepair} onSaid={onSaid} />}
      </DisclosurePanel>
    </Disclosure>
  );
}

function Details({ item, mayRepair, onSaid }: { item: QuarantineItem; mayRepair: boolean; onSaid: Say }) {
  const names = useNames([item.repairedBy]);
  return (
    <>
      <p className={listed.quiet}>
        <code>{item.path}</code>, came {utcText(item.dateReceived)}
      </p>
      {item.repairReason !== null && item.dateRepaired !== null && (
        <p className={listed.words}>
          Repaired {utcText(item.dateRepaired)} by {names.get(item.repairedBy ?? '') ?? item.repairedBy}:{' '}
          {item.repairReason}
        </p>
      )}
      {item.problems.length > 0 && (
        <ul aria-label={`What is wrong of ${item.recordingId}`} className={listed.points}>
          {item.problems.map((problem, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a rule may be broken twice by one field, and the list never changes.
            <Problem key={index} problem={problem} />
          ))}
        </ul>
      )}
      <Original item={item} />
      {item.state === 'waiting' && mayRepair && (
        <div className={listed.actions}>
          {isHopeless(item) ? (
            <p className={listed.quiet}>
              No recording follows from it, whatever is said. It stays as it came.
            </p>
          ) : (
            <RepairForm item={item} onSaid={onSaid} />
          )}
        </div>
      )}
    </>
  );
}

function Problem({ problem }: { problem: ImportProblem }) {
  const { sentence, field, found, corrected, open } = problem;
  return (
    <li className={styles.problem} data-open={open || undefined}>
      <span className={listed.words}>{sentence}</span>
      <span className={listed.quiet}>
        <code>{field}</code>: found {valueText(found)}
        {corrected !== null && corrected !== undefined && `; corrected to ${valueText(corrected)}`}
        {open ? '. It waits for somebody.' : '.'}
      </span>
    </li>
  );
}

/** What the files said, as they said it, beside what the recording says. */
function Original({ item }: { item: QuarantineItem }) {
  const save = useSaveMetadata();
  const said = Object.entries(item.before).sort(([a], [b]) => a.localeCompare(b));
  const after = Object.entries(item.after ?? {}).sort(([a], [b]) => a.localeCompare(b));
  return (
    <>
      <dl className={styles.facts}>
        {item.mediaSha256 !== null && (
          <>
            <dt>SHA-256 of the sound</dt>
            <dd>
              <code>{item.mediaSha256}</code>
            </dd>
          </>
        )}
        {item.metadataSha256 !== null && (
          <>
            <dt>SHA-256 of the metadata</dt>
            <dd>
              <code>{item.metadataSha256}</code>
            </dd>
          </>
        )}
        {said.map(([field, value]) => (
          <Fact key={field} name={`Its file: ${field}`} value={value} />
        ))}
        {after.map(([field, value]) => (
          <Fact key={`after ${field}`} name={`The recording: ${field}`} value={value} />
        ))}
      </dl>
      {item.metadataUri !== null && (
        <div>
          <Button isDisabled={save.isPending} onPress={() => save.mutate(item)}>
            Save the metadata as they came
          </Button>
        </div>
      )}
      {save.isError && <Failure>Not saved: {save.error.message}</Failure>}
    </>
  );
}

function Fact({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{valueText(value)}</dd>
    </>
  );
}
