import { Refusal } from './api';

/** What a refusal says of each field that it names, by the field as it was sent. */
export type FieldProblems = ReadonlyMap<string, string>;

/**
 * The server tells all that is wrong in one message, `field: sentence field: sentence`, and names the fields in the same order beside
 * it. A message in any other form belongs to no field.
 */
export function fieldProblems(error: unknown): FieldProblems {
  if (!(error instanceof Refusal)) return new Map();
  const { message = '', details } = error.body;
  const fields = (details ?? []).map(({ fieldName }) => fieldName ?? '');
  const sentences = sentencesOf(message, fields) ?? [];
  const found = new Map<string, string>();
  for (const [index, sentence] of sentences.entries()) {
    const field = fields[index] ?? '';
    const before = found.get(field);
    found.set(field, before === undefined ? sentence : `${before} ${sentence}`);
  }
  return found;
}

/** The sentence of each field; null when the message is not made of them. */
function sentencesOf(message: string, fields: string[]): string[] | null {
  const begins = fields.map((field) => `${field}: `);
  const sentences: string[] = [];
  let rest = message;
  for (const [index, begin] of begins.entries()) {
    if (!rest.startsWith(begin)) return null;
    const next = begins[index + 1];
    const until = next === undefined ? rest.length : rest.indexOf(` ${next}`, begin.length);
    if (until < 0) return null;
    sentences.push(rest.slice(begin.length, until));
    rest = rest.slice(until + 1);
  }
  return sentences;
}

/** What was wrong, as a form tells it: at the fields that it has, and in one sentence for all else. */
export interface Told {
  /** What is wrong of a field; null: nothing. */
  at: (field: string) => string | null;
  /** What is said beside the button; null: nothing was refused. */
  sentence: string | null;
}

/** `what`: what did not come about, such as `Not changed`. */
export function tell(error: unknown, fields: readonly string[], what: string): Told {
  if (error == null) return { at: () => null, sentence: null };
  const problems = fieldProblems(error);
  const others = [...problems].filter(([field]) => !fields.includes(field));
  const told = problems.size > others.length;
  const rest = others.map(([field, sentence]) => `${field}: ${sentence}`).join(' ');
  const marked = told ? 'what is wrong stands at its field.' : '';
  const sentence = problems.size === 0 ? messageOf(error) : [marked, rest].filter(Boolean).join(' ');
  return {
    at: (field) => (fields.includes(field) ? (problems.get(field) ?? null) : null),
    sentence: `${what}: ${sentence}`,
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'It failed.';
}
