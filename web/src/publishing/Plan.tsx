import { useMemo, useState } from 'react';
import { useNow } from '../app/services';
import { useSaid } from '../design/components';
import { holds } from '../identity/permissions';
import { useNames, usePermissions } from '../identity/queries';
import { DAY, type Offsets, offsetsFromBrowser } from '../schedule/offsets';
import { todayIn } from '../schedule/WeekCard';
import { useCodes } from '../team/queries';
import type { ActivityCode, AgentChange, Edit, ManagementUnit, PublishedSchedule } from '../wire/api';
import { BoardCard } from './BoardCard';
import { datesOf } from './board';
import { ChosenCard } from './ChosenCard';
import { DraftCard } from './DraftCard';
import { type Draft, keepDraft, readDraft, withEdit } from './draft';
import { HistoryCard } from './HistoryCard';
import { OpenShiftsCard } from './OpenShiftsCard';
import styles from './Publishing.module.css';
import { useAgents, usePreview } from './queries';
import { editText, type Teller } from './telling';

/** What the cards of a schedule share. */
export interface Planned {
  unit: ManagementUnit;
  schedule: PublishedSchedule;
  zone: string;
  offsets: Offsets;
  codes: ActivityCode[];
  teller: Teller;
  /** The day that is looked at. */
  date: string;
  nowMs: number;
  /** What the draft would change, by agent. */
  changes: ReadonlyMap<string, AgentChange>;
}

/** Puts an edit into the draft; `what` names the activity or the shift that it changes, with its time. */
export type AddEdit = (edit: Edit, what: string) => void;

interface PlanProps {
  unit: ManagementUnit;
  schedule: PublishedSchedule;
  zone: string;
  weekStart: string;
  meId: string;
  /** The schedule could not be read again. */
  isLate: boolean;
}

/** A week of a schedule in force: its agents, what is done with those who are chosen, the draft, and the history. */
export function Plan({ unit, schedule, zone, weekStart, meId, isLate }: PlanProps) {
  const nowMs = useNow(30_000);
  const permissions = usePermissions().data ?? [];
  const agents = useAgents(unit);
  const names = useNames(agents.data ?? []);
  const codes = useCodes(unit).data ?? NO_CODES;
  const offsets = useMemo(() => {
    const from = Date.parse(`${weekStart}T00:00:00Z`);
    return offsetsFromBrowser(zone, from - 8 * DAY, from + 50 * DAY);
  }, [zone, weekStart]);
  const teller = useMemo(
    () => ({ names, offsets, codes: new Map(codes.map(({ id, name }) => [id, name])) }),
    [names, offsets, codes],
  );
  const [date, setDate] = useState(() => {
    const today = todayIn(zone, nowMs);
    return datesOf(weekStart).includes(today) ? today : weekStart;
  });
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const [draft, setDraft] = useDraft(meId, schedule.id);
  const [said, say] = useSaid();
  const preview = usePreview(schedule, draft);
  const changes = useMemo(
    () => new Map(draft ? preview.data?.agents.map((each) => [each.user.id, each]) : []),
    [draft, preview.data],
  );
  const planned = { unit, schedule, zone, offsets, codes, teller, date, nowMs, changes };
  const add: AddEdit = (edit, what) => {
    const text = editText(edit, what, teller);
    setDraft(withEdit(draft, schedule.metadata.version, edit, text));
    say(`In the draft: ${text}`);
  };
  const mayEdit = holds(permissions, 'wfm:schedule:edit');
  return (
    <div className={styles.plan}>
      <BoardCard
        {...planned}
        weekStart={weekStart}
        onDate={setDate}
        agents={agents}
        chosen={chosen}
        onChoose={choose}
        isLate={isLate}
        mayEdit={mayEdit}
      />
      {mayEdit && (
        <div className={styles.side}>
          {said}
          <ChosenCard {...planned} chosen={chosen} onAdd={add} />
          <DraftCard {...planned} draft={draft} onDraft={setDraft} preview={preview} onSaid={say} />
        </div>
      )}
      <OpenShiftsCard {...planned} weekStart={weekStart} mayEdit={mayEdit} />
      <HistoryCard {...planned} mayEdit={mayEdit} onSaid={say} />
    </div>
  );
}

const NO_CODES: ActivityCode[] = [];

function useDraft(meId: string, scheduleId: string): [Draft | null, (draft: Draft | null) => void] {
  const [draft, setDraft] = useState(() => readDraft(window.sessionStorage, meId, scheduleId));
  return [
    draft,
    (next) => {
      keepDraft(window.sessionStorage, meId, scheduleId, next);
      setDraft(next);
    },
  ];
}
