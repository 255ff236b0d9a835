/** A guest's conversation: kept by this browser, read again after a reload, heard live while the page is open. */

export interface GuestFile {
  id: string;
  name: string;
  mediaType: string;
  size: number;
  url?: string | null;
}

export interface GuestMessage {
  id: string;
  conversationId: string;
  position: number;
  sender: 'guest' | 'agent';
  name: string;
  text: string;
  time: string;
  clientId?: string | null;
  attachments: GuestFile[];
}

export interface GuestConversation {
  state: 'new' | 'waiting' | 'ringing' | 'connected' | 'ended';
  conversationId?: string | null;
  agent?: string | null;
  position?: number | null;
  messages: GuestMessage[];
}

/** What was written here and is not confirmed yet; it is sent again until it is, under the same id. */
export interface Draft {
  clientId: string;
  text: string;
  attachmentIds: string[];
}

export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The messages of a conversation with what came later; each once, in order. Another conversation begins anew. */
export function merge(known: GuestConversation, news: GuestConversation): GuestConversation {
  const same = (known.conversationId ?? null) === (news.conversationId ?? null);
  const all = new Map<string, GuestMessage>();
  for (const each of [...(same ? known.messages : []), ...news.messages]) all.set(each.id, each);
  return { ...news, messages: [...all.values()].sort((one, other) => one.position - other.position) };
}

/** What the head of the page says of a conversation. */
export function sentenceOf({ state, agent, position }: GuestConversation): string {
  switch (state) {
    case 'new':
      return 'Write, and somebody answers you here.';
    case 'waiting':
      return position ? `You are number ${position} in line.` : 'Somebody will be with you.';
    case 'ringing':
      return 'Somebody is about to answer.';
    case 'connected':
      return agent ? `${agent} is here.` : 'Somebody is here.';
    case 'ended':
      return 'This conversation is over. Write to begin another.';
  }
}

export class Refused extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** The operations of a guest. `place` is the address of the deployment, `origin` that of the API. */
export class Guest {
  readonly #origin: string;
  readonly #place: string;
  readonly #store: Store;
  readonly #name: string;

  constructor(origin: string, deployment: string, name: string, store: Store) {
    this.#origin = origin;
    this.#place = `/api/v2/shiftline/messaging/guests/${encodeURIComponent(deployment)}`;
    this.#store = store;
    this.#name = name;
  }

  get resource(): string | null {
    return this.#store.getItem(this.#place);
  }

  async open(): Promise<{ name: string }> {
    return this.#ask('GET', this.#place);
  }

  async read(): Promise<GuestConversation> {
    const { resource } = this;
    if (resource === null) return { state: 'new', messages: [] };
    try {
      let whole = await this.#ask<GuestConversation>('GET', resource);
      for (let part = whole; part.messages.length > 0; ) {
        const last = part.messages.at(-1)?.position ?? 0;
        part = await this.#ask<GuestConversation>('GET', `${resource}?after=${last}`);
        whole = merge(whole, part);
      }
      return whole;
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
      this.#store.removeItem(this.#place); // forgotten there: begin anew
      return { state: 'new', messages: [] };
    }
  }

  async write(draft: Draft): Promise<GuestMessage> {
    return this.#ask('POST', `${await this.#begun()}/messages`, draft);
  }

  async attach(file: File): Promise<GuestFile> {
    const path = `${await this.#begun()}/attachments?name=${encodeURIComponent(file.name)}`;
    return this.#ask('POST', path, file);
  }

  async end(): Promise<void> {
    if (this.resource !== null) await this.#ask('DELETE', this.resource);
  }

  url(path: string): string {
    return new URL(path, this.#origin).href;
  }

  /** Hears what is new until `close` is called; the browser comes again by itself from where it was. */
  listen(heard: (news: GuestConversation) => void): () => void {
    if (this.resource === null) return () => undefined;
    const source = new EventSource(this.url(`${this.resource}/events`));
    source.onmessage = ({ data }) => heard(JSON.parse(data as string) as GuestConversation);
    return () => source.close();
  }

  async #begun(): Promise<string> {
    if (this.resource !== null) return this.resource;
    const { resource } = await this.#ask<{ resource: string }>('POST', this.#place, { name: this.#name });
    this.#store.setItem(this.#place, resource);
    return resource;
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    const isFile = body instanceof Blob;
    const answer = await fetch(this.url(path), {
      method,
      credentials: 'omit',
      ...(body && {
        body: isFile ? body : JSON.stringify(body),
        headers: { 'Content-Type': isFile ? 'application/octet-stream' : 'application/json' },
      }),
    });
    const text = await answer.text();
    const said: unknown = text ? JSON.parse(text) : null;
    if (!answer.ok) {
      const sentence = (said as { message?: string } | null)?.message;
      throw new Refused(answer.status, sentence ?? `The server answered ${answer.status}.`);
    }
    return said as T;
  }
}
