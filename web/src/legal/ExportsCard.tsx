import { useState } from 'react';
import { AskPanel, done } from '../design/AskPanel';
import { Button, Card, Chip, Failure, Skeleton, useSaid } from '../design/components';
import { LineField, NoteField, SelectField } from '../design/fields';
import { Missing } from '../team/Missing';
import type { LegalExport, Matter } from '../wire/api';
import { EXPORT_STATES, exportOf, exportText, isUnderWay, NO_EXPORT, PLACES, placeText } from './exports';
import styles from './Legal.module.css';
import { sentenceOf, utcText } from './legal';
import {
  useBeginExport,
  useCancelExport,
  useExports,
  useMatters,
  usePauseExport,
  useResumeExport,
} from './queries';

type May = (asked: string) => boolean;
type Say = (sentence: string) => void;

const NO_MATTER = { id: '', name: 'None that is kept here' };

/** Legal exports: how far each is, what it is known by, and the way to begin one. */
export function ExportsCard({ may }: { may: May }) {
  const [said, say] = useSaid();
  const found = useExports();
  return (
    <Card title="Exports" id="exports" actions={may('discovery:export:add') && <Beginning onSaid={say} />}>
      {said}
      {found.isError && !found.data ? (
        <Missing what="Exports" error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height="3rem" />
      ) : found.data.entities.length === 0 ? (
        <p className={styles.quiet}>
          Nothing was exported yet. An export is a package that whoever gets it can verify without us.
        </p>
      ) : (
        <ul aria-label="Exports" className={styles.list}>
          {found.data.entities.map((each) => (
            <Line key={each.id} export={each} mayChange={may('discovery:export:edit')} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Line(props: { export: LegalExport; mayChange: boolean }) {
  const each = props.export;
  const [pause, resume, cancel] = [usePauseExport(), useResumeExport(), useCancelExport()];
  const failed = pause.error ?? resume.error ?? cancel.error;
  const { tone, text } = EXPORT_STATES[each.status];
  const button = (move: typeof pause, label: string) => (
    <Button
      look="quiet"
      aria-label={`${label}: ${each.matterName}`}
      isDisabled={move.isPending}
      onPress={() => move.mutate(each.id)}
    >
      {label}
    </Button>
  );
  return (
    <li className={styles.deletion}>
      <span className={styles.words}>
        <strong>{each.matterName}</strong> <span className={styles.quiet}>{each.reason}</span>
      </span>
      <Chip tone={tone}>{text}</Chip>
      {isUnderWay(each) && (
        <progress
          aria-label={`How far it is: ${each.matterName}`}
          max={Math.max(1, each.objects.total)}
          value={each.objects.stored}
        />
      )}
      <span className={styles.quiet}>
        {exportText(each)}. {placeText(each)}. {each.operator.name}, {utcText(each.createdTime)}
        {each.sealedTime && `; sealed ${utcText(each.sealedTime)}`}
      </span>
      {each.root && (
        <span className={styles.quiet}>
          Root hash <code>{each.root}</code>
        </span>
      )}
      {each.problem && each.status !== 'sealed' && <Failure>{each.problem.sentence}</Failure>}
      {props.mayChange && (
        <span className={styles.actions}>
          {each.status === 'running' && button(pause, 'Pause')}
          {(each.status === 'paused' || each.status === 'failed') && button(resume, 'Go on')}
          {(each.status === 'paused' || each.status === 'failed') && button(cancel, 'Give up')}
        </span>
      )}
      {failed && <Failure>Not done: {sentenceOf(failed)}</Failure>}
    </li>
  );
}

function Beginning({ onSaid }: { onSaid: Say }) {
  const matters: Matter[] = useMatters().data?.entities ?? [];
  const [typed, setTyped] = useState(NO_EXPORT);
  const [missing, setMissing] = useState<string | null>(null);
  const begin = useBeginExport();
  const set = (field: keyof typeof typed) => (value: string) => setTyped({ ...typed, [field]: value });
  const go = async () => {
    const draft = exportOf(typed, matters);
    setMissing(typeof draft === 'string' ? draft : null);
    if (typeof draft === 'string' || !(await done(begin.mutateAsync(draft)))) return false;
    setTyped(NO_EXPORT);
    onSaid(`Begun: ${draft.matterName}. It goes on without you.`);
    return true;
  };
  return (
    <AskPanel
      button={<Button>Begin an export</Button>}
      title="Begin an export"
      act="Begin it"
      wide
      problem={missing ?? (begin.isError ? `Not begun: ${sentenceOf(begin.error)}` : null)}
      onAct={go}
    >
      <SelectField
        label="What a matter holds"
        choices={[NO_MATTER, ...matters.map(({ id, name }) => ({ id, name }))]}
        chosen={typed.matterId}
        onChoose={set('matterId')}
      />
      {typed.matterId === '' && (
        <LineField label="Matter, as the package names it" value={typed.name} onChange={set('name')} />
      )}
      <div className={styles.pair}>
        <LineField label="From (UTC)" type="datetime-local" value={typed.from} onChange={set('from')} />
        <LineField label="Until (UTC)" type="datetime-local" value={typed.until} onChange={set('until')} />
      </div>
      <div className={styles.pair}>
        <SelectField label="Where it goes" choices={PLACES} chosen={typed.place} onChoose={set('place')} />
        <LineField label="Its name there" value={typed.folder} onChange={set('folder')} />
      </div>
      <NoteField label="Why" value={typed.reason} onChange={set('reason')} />
    </AskPanel>
  );
}
