import { QueryClient } from '@tanstack/react-query';
import { Refusal } from './api';

/** A refusal stands until something changes; only trouble that passes by itself is tried again. */
export function passesByItself(error: unknown): boolean {
  return !(error instanceof Refusal) || error.status === 429 || error.status >= 500;
}

const AFTER_TROUBLE_MS = 5_000;
const UNHEARD_MS = 30_000;

/** When to read again: soon after trouble that passes by itself; at intervals what is not heard as news. */
export function readAgainIn(
  news: 'heard' | 'unheard' | 'none',
  { state }: { state: { status: string; error: unknown } },
): number | false {
  if (state.status === 'error') return passesByItself(state.error) ? AFTER_TROUBLE_MS : false;
  return news === 'unheard' ? UNHEARD_MS : false;
}

/** At intervals what nobody tells of, and not at all what was refused. */
export function everyMs(intervalMs: number) {
  return ({ state }: { state: { status: string; error: unknown } }): number | false =>
    state.status === 'error' ? readAgainIn('none', { state }) : intervalMs;
}

export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchInterval: (query) => readAgainIn('none', query),
        retry: (failures, error) => failures < 3 && passesByItself(error),
        retryDelay: (failures, error) =>
          error instanceof Refusal && error.retryAfterSeconds !== null
            ? error.retryAfterSeconds * 1000
            : Math.min(1000 * 2 ** failures, 8000),
        // Trust the server's answers, not the browser's guess: on a laptop without Wi-Fi, localhost still works.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/**
 * Says what became of a change even when what asked for it has left the page by then: news of it may come before its
 * answer, and callbacks given to `mutate` are lost with their component. What failed is shown by the mutation's state.
 */
export function saying<Answer>(change: Promise<Answer>, say: (answer: Answer) => void): void {
  void change.then(say, () => undefined);
}
