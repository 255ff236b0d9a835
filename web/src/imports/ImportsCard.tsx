import { useState } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { AskPanel, done } from '../design/AskPanel';
import { Button, Card, Chip, Failure, Skeleton, useSaid } from '../design/components';
import { CheckField, LineField, NoteField } from '../design/fields';
import listed from '../design/listed.module.css';
import { Pager } from '../design/Pager';
import { tell } from '../foundation/refusals';
import { useNames } from '../identity/queries';
import { utcText } from '../legal/legal';
import { Missing } from '../team/Missing';
import type { Import } from '../wire/api';
import styles from './Imports.module.css';
import { importChip, importOf, importText, isRead, NO_IMPORT, reportRows } from './imports';
import { IMPORTS_ON_A_PAGE, useImport, useImports, useRead, useReport, useSaveReport } from './queries';

type May = (asked: string) => boolean;

/** Folders of recordings from elsewhere: how far each is read, and what was wrong in it before and is not after. */
export function ImportsCard({ may }: { may: May }) {
  const [said, say] = useSaid();
  const [page, setPage] = useState(1);
  const found = useImports(page);
  const names = useNames(found.data?.entities.map(({ startedBy }) => startedBy) ?? []);
  return (
    <Card title="Imports" id="imports" actions={may('recording:import:add') && <Reading onSaid={say} />}>
      {said}
      {found.isError && !found.data ? (
        <Missing what="Imports" error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height="3rem" />
      ) : found.data.entities.length === 0 ? (
        <p className={listed.quiet}>
          Nothing was imported yet. What comes from elsewhere is kept as it came, and becomes a recording once
          it is right.
        </p>
      ) : (
        <ul aria-label="Imports" className={listed.list}>
          {found.data.entities.map((each) => (
            <li key={each.id}>
              <One import={each} by={names.get(each.startedBy) ?? each.startedBy} />
            </li>
          ))}
        </ul>
      )}
      <Pager
        what="imports"
        page={page}
        size={IMPORTS_ON_A_PAGE}
        total={found.data?.total ?? 0}
        onPage={setPage}
      />
    </Card>
  );
}

function One({ import: each, by }: { import: Import; by: string }) {
  const [isOpen, setOpen] = useState(false);
  const { tone, text } = importChip(each);
  return (
    <Disclosure isExpanded={isOpen} onExpandedChange={setOpen}>
      <Heading level={3}>
        <AriaButton slot="trigger" className={listed.trigger ?? ''}>
          <span className={listed.name}>{each.folder}</span>
          <Chip tone={tone}>{text}</Chip>
          <span className={listed.below}>{importText(each)}</span>
        </AriaButton>
      </Heading>
      {isRead(each) && (
        <progress
          aria-label={`How far it is: ${each.folder}`}
          max={Math.max(1, each.total)}
          value={each.done}
        />
      )}
      {each.problem !== null && <Failure>{each.problem}</Failure>}
      <DisclosurePanel className={listed.panel ?? ''}>
        {isOpen && <Details import={each} by={by} />}
      </DisclosurePanel>
    </Disclosure>
  );
}

function Details({ import: each, by }: { import: Import; by: string }) {
  return (
    <>
      <p className={listed.quiet}>
        Begun by {by}, {utcText(each.dateStarted)}: {each.reason}.{' '}
        {each.timeZone !== null && `Files without a zone are of ${each.timeZone}. `}
        {each.repair
          ? 'What follows from a file itself was corrected.'
          : 'Nothing was corrected without somebody.'}
      </p>
      <Report import={each} />
      <NotKept import={each} />
    </>
  );
}

/** Before and after, as counts; line by line in the table. */
function Report({ import: each }: { import: Import }) {
  const found = useReport(each);
  const save = useSaveReport();
  if (found.isError && !found.data) {
    return <Missing what="Its report" error={found.error} onRetry={() => void found.refetch()} />;
  }
  if (!found.data) return <Skeleton height="9rem" />;
  return (
    <>
      <table className={styles.counts}>
        <thead>
          <tr>
            <th scope="col">Fields that are</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {reportRows(found.data).map(({ id, name, before, after }) => (
            <tr key={id}>
              <th scope="row">{name}</th>
              <td>{before.toLocaleString('en-US')}</td>
              <td>{after.toLocaleString('en-US')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div>
        <Button isDisabled={save.isPending} onPress={() => save.mutate(each)}>
          Save the report (CSV)
        </Button>
      </div>
      {save.isError && <Failure>Not saved: {save.error.message}</Failure>}
    </>
  );
}

function NotKept({ import: each }: { import: Import }) {
  const found = useImport(each);
  if (found.isError && !found.data) {
    return <Missing what="What was not kept" error={found.error} onRetry={() => void found.refetch()} />;
  }
  const refusals = found.data?.refusals ?? [];
  if (refusals.length === 0) return null;
  return (
    <div>
      <h4>Not kept</h4>
      <ul aria-label={`Not kept of ${each.folder}`} className={listed.points}>
        {refusals.map(({ path, sentence }) => (
          <li key={path} className={listed.words}>
            <code>{path}</code> <span className={listed.quiet}>{sentence}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Reading({ onSaid }: { onSaid: (sentence: string) => void }) {
  const [typed, setTyped] = useState(NO_IMPORT);
  const read = useRead();
  const told = tell(read.error, ['folder', 'timeZone', 'organizationIds', 'reason'], 'Not begun');
  const set = (part: Partial<typeof typed>) => setTyped({ ...typed, ...part });
  const go = async () => {
    const draft = importOf(typed);
    if (!(await done(read.mutateAsync(draft)))) return false;
    setTyped(NO_IMPORT);
    onSaid(`Begun: ${draft.folder}. It goes on without you.`);
    return true;
  };
  return (
    <AskPanel
      button={<Button onPress={() => read.reset()}>Import a folder</Button>}
      title="Import a folder"
      act="Begin it"
      wide
      problem={told.sentence}
      onAct={go}
    >
      <LineField
        label="Folder, below this organization's own"
        value={typed.folder}
        onChange={(folder) => set({ folder })}
        problem={told.at('folder')}
      />
      <LineField
        label="Time zone of files that name none"
        value={typed.timeZone}
        onChange={(timeZone) => set({ timeZone })}
        example="America/Chicago"
        problem={told.at('timeZone')}
      />
      <LineField
        label="Ids that this organization had there"
        value={typed.organizationIds}
        onChange={(organizationIds) => set({ organizationIds })}
        problem={told.at('organizationIds')}
      />
      <CheckField isChecked={typed.repair} onChange={(repair) => set({ repair })}>
        Correct what follows from a file itself
      </CheckField>
      <NoteField
        label="Why"
        value={typed.reason}
        onChange={(reason) => set({ reason })}
        problem={told.at('reason')}
      />
    </AskPanel>
  );
}
