import type { Choice } from '../../design/fields';
import type { Offsets } from '../../schedule/offsets';
import { typedInstant } from '../../schedule/typed';
import type {
  ShiftException,
  ShiftExceptionDraft,
  ShiftOverrideDraft,
  ShiftRule,
  Trial,
} from '../../wire/api';
import { subjectOf, type TypedSubject } from '../trying';

/** The numbers of the rule as they are typed, in minutes. */
export interface TypedRule {
  graceBefore: string;
  graceAfter: string;
  overrideDefault: string;
  overrideMost: string;
}

const OF = 'softphoneOnlyWithinShift';
/** Where each number stands in what is sent. */
export const FIELD: Record<keyof TypedRule, string> = {
  graceBefore: `${OF}.graceBeforeMinutes`,
  graceAfter: `${OF}.graceAfterMinutes`,
  overrideDefault: `${OF}.overrideDefaultMinutes`,
  overrideMost: `${OF}.overrideMostMinutes`,
};

const text = (minutes: number | null | undefined) => (minutes == null ? '' : String(minutes));

export function typedRule(rule: ShiftRule): TypedRule {
  return {
    graceBefore: text(rule.graceBeforeMinutes),
    graceAfter: text(rule.graceAfterMinutes),
    overrideDefault: text(rule.overrideDefaultMinutes),
    overrideMost: text(rule.overrideMostMinutes),
  };
}

const LONGEST = 1440;
const SHORTEST: Record<keyof TypedRule, number> = {
  graceBefore: 0,
  graceAfter: 0,
  overrideDefault: 1,
  overrideMost: 1,
};

/** The rule as it would be, or what is wrong with what is typed, by its field. */
export function ruleOf(
  typed: TypedRule,
  enabled: boolean,
): { rule: ShiftRule } | { wrong: ReadonlyMap<string, string> } {
  const wrong = new Map<string, string>();
  const read = (name: keyof TypedRule) => {
    const minutes = /^\d{1,5}$/.test(typed[name]) ? Number(typed[name]) : Number.NaN;
    if (!(minutes >= SHORTEST[name] && minutes <= LONGEST)) {
      wrong.set(FIELD[name], `Say a whole number of minutes, ${SHORTEST[name]} to ${LONGEST}.`);
    }
    return minutes;
  };
  const rule = {
    enabled,
    graceBeforeMinutes: read('graceBefore'),
    graceAfterMinutes: read('graceAfter'),
    overrideDefaultMinutes: read('overrideDefault'),
    overrideMostMinutes: read('overrideMost'),
  };
  return wrong.size > 0 ? { wrong } : { rule };
}

/** What of a rule decides who may connect: a rule is switched on as it was tried, by these. */
export function decisivePart({ graceBeforeMinutes, graceAfterMinutes }: ShiftRule): string {
  return `${graceBeforeMinutes} ${graceAfterMinutes}`;
}

export const DAYS_TRIED = 7;

/** The rule tried on everybody, as it would be switched on. */
export function ruleTrial({ graceBeforeMinutes, graceAfterMinutes }: ShiftRule): Trial {
  return {
    action: 'connect',
    days: DAYS_TRIED,
    changes: [
      {
        kind: 'settings',
        softphone_within_shift: true,
        shift_grace_before_minutes: graceBeforeMinutes ?? null,
        shift_grace_after_minutes: graceAfterMinutes ?? null,
      },
    ],
  };
}

const minutesText = (minutes: number) => (minutes === 1 ? '1 minute' : `${minutes} minutes`);

/** What the rule says, as it stands. */
export function ruleText({ enabled, graceBeforeMinutes, graceAfterMinutes }: ShiftRule): string {
  if (!enabled) return 'The schedule decides nothing about the softphone: it connects at any time.';
  const [before, after] = [graceBeforeMinutes ?? 0, graceAfterMinutes ?? 0];
  return `A softphone connects within a published shift only, from ${minutesText(before)} before it until ${minutesText(after)} after it.`;
}

const KINDS: Record<ShiftException['kind'], string> = {
  person: 'Person',
  role: 'Role',
  division: 'Division',
};

export const kindText = (kind: ShiftException['kind']): string => KINDS[kind];

export const STATES = {
  standing: { tone: 'good', text: 'Stands' },
  ended: { tone: 'off', text: 'Ended' },
  over: { tone: 'off', text: 'Over' },
} as const;

export interface TypedException extends TypedSubject {
  reason: string;
  /** In the page's zone; the empty text: with no end. */
  endsAt: string;
}

/** Whom the rule shall not concern, or a sentence that says what is missing. */
export function exceptionOf(
  typed: TypedException,
  offsets: Offsets,
): { draft: ShiftExceptionDraft } | { missing: string } {
  const subject = subjectOf(typed);
  if ('missing' in subject) return subject;
  const reason = typed.reason.trim();
  if (reason === '') return { missing: 'Say why.' };
  const endsAt = typedInstant(typed.endsAt, offsets);
  return {
    draft: { kind: typed.subject, subjectId: subject.id, reason, ...(endsAt !== null && { endsAt }) },
  };
}

export interface TypedOverride {
  person: Choice | null;
  /** The empty text: as long as the rule says. */
  minutes: string;
  reason: string;
}

/** Who shall be let in, or a sentence that says what is missing. */
export function overrideOf({
  person,
  minutes,
  reason,
}: TypedOverride): { draft: ShiftOverrideDraft } | { missing: string } {
  if (person === null) return { missing: 'Say whom.' };
  if (minutes !== '' && !/^\d{1,5}$/.test(minutes)) {
    return { missing: 'Say for how long: a whole number of minutes, or nothing.' };
  }
  if (reason.trim() === '') return { missing: 'Say why.' };
  return {
    draft: {
      ...{ userId: person.id, reason: reason.trim() },
      ...(minutes !== '' && { minutes: Number(minutes) }),
    },
  };
}
