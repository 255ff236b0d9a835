import { dayAndTime, tellIn } from '../foundation/time';
import type { Decision, Gate, Note, Remedy } from '../wire/api';

/** A decision in the order in which a person needs it. */
export interface Explanation {
  sentence: string;
  /** What the person themself is told; null where nobody says. */
  agentSentence: string | null;
  blockers: Reason[];
  remedies: Remedy[];
  notTheReason: { code: string; sentence: string }[];
  warnings: { code: string; sentence: string }[];
  gates: Reason[];
  changesAt: string | null;
}

export interface Reason {
  code: string;
  verdict: 'holds' | 'fails' | 'unknown';
  sentence: string;
  facts: { name: string; value: string }[];
  /** Since when it is so, and an id or a name of who put it there; null where that is not told. */
  since: string | null;
  by: string | null;
}

/** `zone` is the one in which instants are read. */
export function explain(decision: Decision, zone: string): Explanation {
  const note = ({ code, sentence }: Note) => ({ code, sentence: tellIn(zone, sentence) });
  return {
    sentence: tellIn(zone, decision.sentence),
    agentSentence: decision.agent_sentence ? tellIn(zone, decision.agent_sentence) : null,
    blockers: decision.blockers.map((gate) => reasonOf(gate, zone)),
    remedies: decision.remedies.map((remedy) => ({ ...remedy, sentence: tellIn(zone, remedy.sentence) })),
    notTheReason: decision.not_a_cause.map(note),
    warnings: decision.warnings.map(note),
    gates: decision.gates.map((gate) => reasonOf(gate, zone)),
    changesAt: decision.next_change_at,
  };
}

export function reasonOf(gate: Gate, zone: string): Reason {
  return {
    code: gate.code,
    verdict: gate.holds === null ? 'unknown' : gate.holds ? 'holds' : 'fails',
    sentence: tellIn(zone, gate.sentence) || inWords(gate.code),
    facts: Object.entries(gate.facts).flatMap(([name, value]) => {
      const text = factText(value, zone);
      return text === null ? [] : [{ name: inWords(name), value: text }];
    }),
    since: gate.source?.since ? dayAndTime(Date.parse(gate.source.since), zone) : null,
    by: gate.source?.by ?? null,
  };
}

const ORDER: Reason['verdict'][] = ['fails', 'unknown', 'holds'];

/** What stands in the way first, then what could not be known. */
export function inOrder(gates: readonly Reason[]): Reason[] {
  return [...gates].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
}

/** What a remedy would lead to, and what would still stand in the way then. */
export function previewText({ preview }: Remedy, zone: string): string | null {
  if (!preview?.sentence) return null;
  const left = (preview.blockers ?? []).map((each) =>
    typeof each === 'string' ? inWords(each) : each.sentence || inWords(each.code ?? ''),
  );
  const told = left.filter((each) => each !== '' && !preview.sentence.includes(each));
  return tellIn(zone, [preview.sentence, ...told].join(' '));
}

/** `schedule_rule.outsideShift` -> `Schedule rule outside shift`. */
export function inWords(code: string): string {
  const words = code
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => (word === word.toUpperCase() ? word : word.toLowerCase()))
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}[\d:.]*(Z|[+-]\d{2}:\d{2})$/;

function factText(value: unknown, zone: string): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (Array.isArray(value)) {
    const texts = value.map((each) => factText(each, zone)).filter((text) => text !== null);
    return texts.join(', ') || 'none';
  }
  if (typeof value === 'string' && INSTANT.test(value)) return dayAndTime(Date.parse(value), zone);
  if (typeof value === 'object') return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

/** Who can do it: a code is put in words, a phrase is left as it is but for its first letter. */
export function whoText(who: string): string {
  return who.includes(' ') ? who.charAt(0).toUpperCase() + who.slice(1) : inWords(who);
}
