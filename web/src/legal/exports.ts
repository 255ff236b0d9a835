import { sizeText } from '../discovery/report';
import type { ExportDraft, LegalExport, Matter } from '../wire/api';
import { countText } from './legal';

/** What is typed to begin an export. Times are UTC; the empty matter stands for all conversations. */
export interface TypedExport {
  matterId: string;
  name: string;
  from: string;
  until: string;
  place: string;
  folder: string;
  reason: string;
}

export const NO_EXPORT: TypedExport = {
  matterId: '',
  name: '',
  from: '',
  until: '',
  place: 'zip',
  folder: '',
  reason: '',
};

export const PLACES = [
  { id: 'zip', name: 'One ZIP' },
  { id: 'folder', name: 'A folder' },
  { id: 's3', name: 'The bucket (S3)' },
];

/** What is to be exported, or a sentence that says what is missing. */
export function exportOf(typed: TypedExport, matters: Matter[]): ExportDraft | string {
  const matter = matters.find(({ id }) => id === typed.matterId);
  const name = matter?.name ?? typed.name.trim();
  if (!name) return 'Say for which matter: its name stands in the package.';
  if (Boolean(typed.from) !== Boolean(typed.until)) return 'A time needs both its beginning and its end.';
  if (typed.from && typed.until <= typed.from) return 'The time must end after it begins.';
  if (!matter && !typed.from) return 'Say which conversations: what a matter holds, or those of a time.';
  if (!typed.folder.trim()) return 'Say how the package is to be called where it goes.';
  if (!typed.reason.trim()) return 'Say why: it stands in the package.';
  const place = typed.place as ExportDraft['destination']['type'];
  return {
    matterName: name,
    ...(matter && { matterId: matter.id }),
    reason: typed.reason.trim(),
    selection: {
      ...(matter && { matterId: matter.id }),
      ...(typed.from && { interval: `${typed.from}:00Z/${typed.until}:00Z` }),
    },
    destination: { type: place, name: typed.folder.trim() },
  };
}

export const EXPORT_STATES = {
  running: { tone: 'busy', text: 'Under way' },
  paused: { tone: 'wait', text: 'Paused' },
  failed: { tone: 'bad', text: 'Stopped' },
  cancelled: { tone: 'off', text: 'Given up' },
  sealed: { tone: 'good', text: 'Sealed' },
} as const;

/** Whether an export goes on by itself. */
export const isUnderWay = ({ status }: LegalExport): boolean => status === 'running';

/** How far an export is, in a sentence. */
export function exportText({ objects, bytes, status }: LegalExport): string {
  const of = `${countText(objects.total, 'object')}, ${sizeText(bytes.total)}`;
  if (status === 'sealed') return of;
  if (objects.total === 0) return 'Nothing is stored yet';
  return `${objects.stored.toLocaleString('en-US')} of ${of} stored`;
}

export function placeText({ destination }: LegalExport): string {
  const place = PLACES.find(({ id }) => id === destination.type)?.name ?? String(destination.type);
  return `${place}: ${String(destination.name)}`;
}
