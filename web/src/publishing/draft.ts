import type { Acceptance, Breach, Edit, Edits, EditsAnswer } from '../wire/api';

/** Edits that are not published yet, of the version of a schedule that they were made on. */
export interface Draft {
  version: number;
  edits: DraftEdit[];
  /** The keys of the breaches that the planner accepts. */
  accepted: string[];
  reason: string;
}

export interface DraftEdit {
  key: number;
  edit: Edit;
  /** What it does, in a sentence. */
  text: string;
}

/** More acceptances than one request may name; a rule is then accepted for all. */
const MOST_ACCEPTED = 1000;

export function withEdit(draft: Draft | null, version: number, edit: Edit, text: string): Draft {
  const standing = draft ?? { version, edits: [], accepted: [], reason: '' };
  const key = Math.max(0, ...standing.edits.map((each) => each.key)) + 1;
  return { ...standing, edits: [...standing.edits, { key, edit, text }] };
}

/** Null once nothing is left. */
export function withoutEdit(draft: Draft, key: number): Draft | null {
  const edits = draft.edits.filter((each) => each.key !== key);
  return edits.length === 0 ? null : { ...draft, edits };
}

/** The sentence is part of it: what is accepted is this very breach, not a worse one of the same rule. */
export function breachKey({ code, user, sentence }: Breach): string {
  return `${code} ${user.id} ${sentence}`;
}

/** The breaches that must be accepted, by the rule that they break. */
export function brokenRules(breaches: Breach[]): Map<string, Breach[]> {
  const rules = new Map<string, Breach[]>();
  for (const breach of breaches) {
    if (breach.severity === 'breach') rules.set(breach.code, [...(rules.get(breach.code) ?? []), breach]);
  }
  return rules;
}

export function withAccepted(draft: Draft, breaches: Breach[], isAccepted: boolean): Draft {
  const keys = breaches.map(breachKey);
  const others = draft.accepted.filter((each) => !keys.includes(each));
  return { ...draft, accepted: isAccepted ? [...others, ...keys] : others };
}

/** The draft as it is asked for; acceptances are those of breaches that the preview shows. */
export function bodyOf(draft: Draft, breaches: Breach[] = []): Edits {
  const reason = draft.reason.trim();
  return {
    version: draft.version,
    edits: draft.edits.map(({ edit }) => edit),
    ...(reason && { reason }),
    acceptBreaches: acceptancesOf(draft, breaches),
  };
}

function acceptancesOf(draft: Draft, breaches: Breach[]): Acceptance[] {
  const accepted = new Set(draft.accepted);
  const named = new Map(
    breaches
      .filter((breach) => breach.severity === 'breach' && accepted.has(breachKey(breach)))
      .map(({ code, user }) => [`${code} ${user.id}`, { code, userId: user.id }]),
  );
  if (named.size <= MOST_ACCEPTED) return [...named.values()];
  return [...new Set([...named.values()].map(({ code }) => code))].map((code) => ({ code }));
}

/** Why a draft cannot be published as it stands; null when it can. */
export function hindrance(draft: Draft, answer: EditsAnswer): string | null {
  if (!answer.possible) return 'An edit is not possible: change it or take it away.';
  if (answer.agents.length === 0) return 'These edits change nothing.';
  const accepted = new Set(draft.accepted);
  const broken = answer.breaches.filter(({ severity }) => severity === 'breach');
  if (broken.some((breach) => !accepted.has(breachKey(breach))))
    return 'Accept each broken rule, or change the edits.';
  if (broken.length > 0 && draft.reason.trim() === '') return 'Say why the rules are broken.';
  return null;
}

/** What the server says of one edit. */
export function problemsOf(answer: EditsAnswer, index: number): string[] {
  const field = `edits[${index}]`;
  return answer.problems
    .filter((problem) => problem.field === field || problem.field.startsWith(`${field}.`))
    .map(({ message }) => message);
}

const keyOf = (meId: string, scheduleId: string) => `shiftline.draft.${meId}.${scheduleId}`;

/** The agents for whom an activity cannot be placed. */
export function misplaced(answer: EditsAnswer, { edit }: DraftEdit, index: number): ReadonlySet<string> {
  const prefix = `edits[${index}].userIds[`;
  const places = answer.problems
    .filter(({ field }) => field.startsWith(prefix))
    .map(({ field }) => Number.parseInt(field.slice(prefix.length), 10));
  return new Set(places.map((place) => edit.userIds?.[place]).filter((id) => id !== undefined));
}

/** An edit without some of its agents; null where nobody is left, and it goes with them. */
export function withoutAgents(
  draft: Draft,
  key: number,
  agentIds: ReadonlySet<string>,
  tell: (edit: Edit) => string,
): Draft | null {
  const found = draft.edits.find((each) => each.key === key)?.edit;
  const userIds = (found?.userIds ?? []).filter((id) => !agentIds.has(id));
  if (!found || userIds.length === 0) return withoutEdit(draft, key);
  const edit = { ...found, userIds };
  return {
    ...draft,
    edits: draft.edits.map((each) => (each.key === key ? { key, edit, text: tell(edit) } : each)),
  };
}

/** A draft outlives other weeks, other pages and a reload. */
export function readDraft(storage: Storage, meId: string, scheduleId: string): Draft | null {
  try {
    return JSON.parse(storage.getItem(keyOf(meId, scheduleId)) ?? 'null');
  } catch {
    return null;
  }
}

export function keepDraft(storage: Storage, meId: string, scheduleId: string, draft: Draft | null): void {
  try {
    if (draft === null) storage.removeItem(keyOf(meId, scheduleId));
    else storage.setItem(keyOf(meId, scheduleId), JSON.stringify(draft));
  } catch {
    // Until the page is left, then.
  }
}
