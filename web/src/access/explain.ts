import type { Decision, Gate, Remedy } from '../wire/api';

/** A decision in the order in which a person needs it. */
export interface Explanation {
  sentence: string;
  blockers: Reason[];
  remedies: Remedy[];
  notTheReason: { code: string; sentence: string }[];
  gates: Reason[];
  changesAt: string | null;
}

export interface Reason {
  code: string;
  verdict: 'holds' | 'fails' | 'unknown';
  sentence: string;
  facts: { name: string; value: string }[];
}

export function explain(decision: Decision): Explanation {
  return {
    sentence: decision.sentence,
    blockers: (decision.blockers ?? []).map(reasonOf),
    remedies: decision.remedies ?? [],
    notTheReason: (decision.not_a_cause ?? []).map(({ code, sentence }) => ({ code, sentence })),
    gates: (decision.gates ?? []).map(reasonOf),
    changesAt: decision.next_change_at ?? null,
  };
}

function reasonOf(gate: Gate): Reason {
  return {
    code: gate.code,
    verdict: gate.holds === null ? 'unknown' : gate.holds ? 'holds' : 'fails',
    sentence: gate.sentence || inWords(gate.code),
    facts: Object.entries(gate.facts ?? {}).flatMap(([name, value]) => {
      const text = factText(value);
      return text === null ? [] : [{ name: inWords(name), value: text }];
    }),
  };
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

function factText(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (Array.isArray(value)) return value.map(factText).filter(Boolean).join(', ') || 'none';
  if (typeof value === 'object') return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

/** Who can do it, as a person would say it. */
export function whoText(who: string): string {
  return inWords(who);
}
