import { Refusal, Unreached } from '../foundation/api';

/** How deep the vendor's errors wrap the server's answer. */
const DEPTH = 4;

/** What the server said, inside our own errors or the vendor's; else what the error says of itself. */
export function serverSentence(error: unknown): string {
  if (error instanceof Refusal || error instanceof Unreached) return error.message;
  const said = saidWithin(error, DEPTH);
  if (said !== null) return said;
  return error instanceof Error && error.message !== '' ? error.message : 'That did not work.';
}

function saidWithin(error: unknown, depth: number): string | null {
  if (error === null || typeof error !== 'object' || depth === 0) return null;
  const {
    response,
    details,
    error: inner,
  } = error as { response?: unknown; details?: unknown; error?: unknown };
  const message = (response as { data?: { message?: unknown } } | undefined)?.data?.message;
  if (typeof message === 'string' && message !== '') return message;
  return saidWithin(details, depth - 1) ?? saidWithin(inner, depth - 1);
}
