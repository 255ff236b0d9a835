import { QueryClient } from '@tanstack/react-query';
import { Refusal } from './api';

/** A refusal stands until something changes; only trouble that passes by itself is tried again. */
export function passesByItself(error: unknown): boolean {
  return !(error instanceof Refusal) || error.status === 429 || error.status >= 500;
}

export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
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
