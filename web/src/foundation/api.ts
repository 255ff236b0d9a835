import type { ErrorBody } from '../wire/api';
import type { Clock } from './clock';
import { createRevisions, TOLD, WANTED } from './revisions';

/** The server answered, and said no. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly retryAfterSeconds: number | null;

  constructor(status: number, body: ErrorBody, retryAfterSeconds: number | null) {
    super(body.message ?? `The server answered ${status}.`);
    this.name = 'Refusal';
    this.status = status;
    this.body = body;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Something is not there any more as it was read: that is said where it stays to be read. */
export const isChanged = (error: unknown): error is Refusal =>
  error instanceof Refusal && error.status === 409;

/** No readable answer came: no network, no trust in the certificate, or nobody there. */
export class Unreached extends Error {
  constructor(cause: unknown) {
    super('The server could not be reached.', { cause });
    this.name = 'Unreached';
  }
}

export interface Api {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T>;
  /** A file as it is. It may take as long as it takes. */
  upload<T>(path: string, file: Blob): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  /** What is not JSON, such as sound. Once the answer has begun it may take as long as it takes. */
  blob(path: string, signal?: AbortSignal): Promise<Blob>;
  delete(path: string): Promise<void>;
  /** To be called on news: it may tell of what is newer than all that was written and read here. */
  heard(): void;
}

export interface ApiPorts {
  base: string;
  clock: Clock;
  token: () => string | null;
  /** Called when the server no longer takes the token that was sent. */
  onUnauthorized: (token: string) => void;
  fetch?: typeof fetch;
}

const TIMEOUT_MS = 20_000;
const NO_TRACES = { credentials: 'omit', cache: 'no-store' } as const;

export function createApi(ports: ApiPorts): Api {
  const doFetch = ports.fetch ?? fetch.bind(globalThis);
  const revisions = createRevisions();

  async function send(url: string, init: RequestInit, signal: AbortSignal | undefined, isFile: boolean) {
    const late = new AbortController();
    const timer = init.body instanceof Blob ? undefined : setTimeout(() => late.abort(), TIMEOUT_MS);
    try {
      const response = await doFetch(url, {
        ...init,
        signal: AbortSignal.any([late.signal, ...(signal ? [signal] : [])]),
      });
      if (isFile && response.ok) clearTimeout(timer);
      return response;
    } catch (error) {
      clearTimeout(timer);
      if (signal?.aborted) throw error;
      throw new Unreached(error);
    }
  }

  async function ask(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
    isFile = false,
  ): Promise<Response> {
    const token = ports.token();
    const least = method === 'GET' ? revisions.least() : null;
    const answered = revisions.begin(method);
    const response = await send(
      `${ports.base}/api/v2${path}`,
      requestOf(method, token, body, least),
      signal,
      isFile,
    );
    ports.clock.observe(response.headers.get('shiftline-now'));
    if (response.ok) {
      answered(response.headers.get(TOLD));
      return response;
    }
    if (response.status === 401 && token) ports.onUnauthorized(token);
    const refused = ((await readJson(response)) ?? {}) as ErrorBody;
    if (least !== null && isOfRevision(response.status, refused)) {
      revisions.forget();
      return await ask(method, path, body, signal, isFile);
    }
    throw new Refusal(response.status, refused, retryAfter(response));
  }

  async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    return (await readJson(await ask(method, path, body, signal))) as T;
  }

  return {
    get: (path, signal) => call('GET', path, undefined, signal),
    post: (path, body, signal) => call('POST', path, body, signal),
    upload: (path, file) => call('POST', path, file),
    put: (path, body) => call('PUT', path, body),
    patch: (path, body) => call('PATCH', path, body),
    blob: async (path, signal) => {
      const response = await ask('GET', path, undefined, signal, true);
      try {
        return await response.blob();
      } catch (error) {
        if (signal?.aborted) throw error;
        throw new Unreached(error);
      }
    },
    delete: (path) => call('DELETE', path),
    heard: revisions.forget,
  };
}

/** Whether a server refused the revision that was named: it is of a time before it was put back from a backup. */
function isOfRevision(status: number, { details }: ErrorBody): boolean {
  return status === 400 && (details ?? []).some(({ fieldName }) => fieldName === WANTED);
}

function requestOf(method: string, token: string | null, body: unknown, least: string | null): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (least !== null) headers[WANTED] = least;
  if (token) headers.authorization = `Bearer ${token}`;
  if (body === undefined) return { method, headers, ...NO_TRACES };
  if (body instanceof Blob) {
    headers['content-type'] = body.type || 'application/octet-stream';
    return { method, headers, body, ...NO_TRACES };
  }
  headers['content-type'] = 'application/json';
  return { method, headers, body: JSON.stringify(body), ...NO_TRACES };
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function retryAfter(response: Response): number | null {
  const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
  return Number.isNaN(seconds) ? null : seconds;
}
