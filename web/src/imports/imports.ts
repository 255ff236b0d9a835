import type { Tone } from '../design/components';
import type {
  Corrections,
  Import,
  ImportDraft,
  ImportProblem,
  ImportReport,
  ImportRule,
  QuarantineItem,
  Repair,
} from '../wire/api';

const count = (number: number) => number.toLocaleString('en-US');

/** Whether it goes on by itself. */
export const isRead = ({ state }: Pick<Import, 'state'>): boolean => state === 'running';

/** How an import stands. */
export function importChip({ state, problem }: Pick<Import, 'state' | 'problem'>): {
  tone: Tone;
  text: string;
} {
  if (state === 'running') return { tone: 'busy', text: 'Being read' };
  return problem === null ? { tone: 'good', text: 'Read' } : { tone: 'bad', text: 'Stopped' };
}

/** How many of what came wait: those that were kept and are no recordings. */
export const waitingOf = ({ received, adopted }: Pick<Import, 'received' | 'adopted'>): number =>
  Math.max(0, received - adopted);

/** `40 of 100 looked at: 30 became recordings, 5 wait, 4 came before, 1 was not kept.` */
export function importText(each: Import): string {
  const { total, done, adopted, known, refused } = each;
  const waiting = waitingOf(each);
  const parts = [
    `${count(adopted)} became ${adopted === 1 ? 'a recording' : 'recordings'}`,
    `${count(waiting)} ${waiting === 1 ? 'waits' : 'wait'}`,
    known > 0 && `${count(known)} came before`,
    `${count(refused)} ${refused === 1 ? 'was' : 'were'} not kept`,
  ];
  return `${count(done)} of ${count(total)} looked at: ${parts.filter(Boolean).join(', ')}.`;
}

/** What is typed to read a folder. */
export interface TypedImport {
  folder: string;
  timeZone: string;
  /** Parted by spaces, commas or lines. */
  organizationIds: string;
  repair: boolean;
  reason: string;
}

export const NO_IMPORT: TypedImport = {
  folder: '',
  timeZone: '',
  organizationIds: '',
  repair: true,
  reason: '',
};

const idsIn = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

export function importOf(typed: TypedImport): ImportDraft {
  const organizationIds = idsIn(typed.organizationIds);
  return {
    folder: typed.folder.trim(),
    repair: typed.repair,
    ...(typed.timeZone.trim() && { timeZone: typed.timeZone.trim() }),
    ...(organizationIds.length > 0 && { organizationIds }),
    ...(typed.reason.trim() && { reason: typed.reason.trim() }),
  };
}

/** What a report counts, in words. */
export const CLASSES = [
  { id: 'null', name: 'Missing' },
  { id: 'contradictory', name: 'Contradictory' },
  { id: 'offset', name: 'Wrongly offset' },
  { id: 'other', name: 'Other' },
] as const;

export function reportRows({ counts }: Pick<ImportReport, 'counts'>) {
  return CLASSES.map(({ id, name }) => ({
    id,
    name,
    before: counts[id]?.before ?? 0,
    after: counts[id]?.after ?? 0,
  }));
}

/** A value as a file says it; nothing is told as that. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export const STATES = [
  { id: 'waiting', name: 'Waiting for somebody' },
  { id: 'adopted', name: 'Became recordings' },
  { id: 'superseded', name: 'Came again since' },
] as const;

export type ItemState = QuarantineItem['state'];

export const STATE_CHIPS = {
  waiting: { tone: 'wait', text: 'Waits' },
  adopted: { tone: 'good', text: 'A recording' },
  superseded: { tone: 'off', text: 'Came again' },
} as const;

/** What can be said of an item, by the names that the server has for it. */
export const FIELDS = [
  { id: 'startTime', name: 'Start', example: '2023-10-27T06:00:03-05:00' },
  { id: 'endTime', name: 'End', example: '2023-10-27T06:04:10-05:00' },
  { id: 'timeZone', name: 'Time zone', example: 'America/Chicago' },
  { id: 'utcOffset', name: 'Offset from UTC', example: '-05:00' },
  { id: 'userId', name: 'Agent' },
  { id: 'queueId', name: 'Queue' },
  { id: 'direction', name: 'Direction' },
  { id: 'conversationId', name: 'Id of the conversation' },
  { id: 'divisionIds', name: 'Ids of divisions' },
  { id: 'mediaFormat', name: 'Format of the sound', example: 'WAV' },
  { id: 'address', name: 'Number or address of the caller' },
] as const;

export type Field = (typeof FIELDS)[number]['id'];
export type TypedCorrections = Partial<Record<Field, string>>;

/** Rules whose problem somebody may take as it is: no field of the recording would be other. Source: the room of imports. */
const ACCEPTABLE: readonly string[] = [
  'id.mismatch',
  'times.hour',
  'media.truncated',
  'media.short',
  'media.hash',
  'media.size',
  'duplicate.media',
];

/** Problems from which no recording follows, whatever is said. */
const HOPELESS: readonly string[] = ['media.missing', 'media.unknown', 'duplicate.recording'];

export const openProblems = ({ problems }: Pick<QuarantineItem, 'problems'>): ImportProblem[] =>
  problems.filter(({ open }) => open);

/** The rules of an item that can be taken as they are, each once. */
export function acceptable(item: Pick<QuarantineItem, 'problems'>): ImportProblem[] {
  const open = openProblems(item).filter(({ rule }) => ACCEPTABLE.includes(rule));
  return open.filter(({ rule }, index) => open.findIndex((each) => each.rule === rule) === index);
}

export const isHopeless = (item: Pick<QuarantineItem, 'problems'>): boolean =>
  openProblems(item).some(({ rule }) => HOPELESS.includes(rule));

/** The fields that an item asks for; all of them where the file itself could not be read. */
export function askedFields(item: Pick<QuarantineItem, 'problems'>): Field[] {
  const open = openProblems(item);
  const ids = FIELDS.map(({ id }) => id);
  if (open.some(({ field, rule }) => field === 'metadata' || rule === 'metadata.missing')) return ids;
  return ids.filter((id) => open.some(({ field }) => field === id));
}

/** What is to be sent, or a sentence that says what is missing. */
export function repairOf(
  corrections: TypedCorrections,
  accept: readonly string[],
  reason: string,
): Repair | { missing: 'reason' | 'all' } {
  const given: Corrections = {};
  for (const [field, text] of Object.entries(corrections) as [Field, string][]) {
    const told = text.trim();
    if (told === '') continue;
    if (field === 'divisionIds') given.divisionIds = idsIn(told);
    else given[field] = told;
  }
  const hasGiven = Object.keys(given).length > 0;
  if (!hasGiven && accept.length === 0) return { missing: 'all' };
  if (!reason.trim()) return { missing: 'reason' };
  return {
    reason: reason.trim(),
    ...(hasGiven && { corrections: given }),
    ...(accept.length > 0 && { accept: accept as ImportRule[] }),
  };
}
