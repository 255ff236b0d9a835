import '../design/tokens.css';
import '../design/base.css';
import './messageus.css';
import { environmentOf } from '../foundation/environment';
import {
  type Draft,
  Guest,
  type GuestConversation,
  type GuestMessage,
  merge,
  Refused,
  sentenceOf,
} from './guest';

const AGAIN_MS = 3000;

const element = <Kind extends HTMLElement>(id: string): Kind => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`message.html has no #${id}`);
  return found as Kind;
};

const parts = {
  title: element('title'),
  more: element('more'),
  messages: element<HTMLOListElement>('messages'),
  trouble: element('trouble'),
  form: element<HTMLFormElement>('form'),
  text: element<HTMLTextAreaElement>('text'),
  file: element<HTMLInputElement>('file'),
  attach: element('attach'),
  end: element<HTMLButtonElement>('end'),
};

let guest: Guest;
let known: GuestConversation = { state: 'new', messages: [] };
let drafts: Draft[] = [];
let stop: (() => void) | null = null;
let isSending = false;

function show(): void {
  const more = sentenceOf(known);
  // Only what changed is written: each change is read aloud.
  if (parts.more.textContent !== more) parts.more.textContent = more;
  document.body.dataset.stage = known.state;
  parts.end.hidden = known.state === 'new' || known.state === 'ended';
  const confirmed = new Set(known.messages.map(({ clientId }) => clientId));
  drafts = drafts.filter(({ clientId }) => !confirmed.has(clientId));
  const rows = [...known.messages.map(rowOf), ...drafts.map(draftOf)];
  rows.forEach((row, place) => {
    const present = parts.messages.children[place];
    if (present?.outerHTML === row.outerHTML) return;
    if (present) present.replaceWith(row);
    else parts.messages.append(row);
  });
  while (parts.messages.children.length > rows.length) parts.messages.lastElementChild?.remove();
  parts.messages.scrollTop = parts.messages.scrollHeight;
}

function rowOf(message: GuestMessage): HTMLLIElement {
  const row = bubble(message.sender, message.sender === 'guest' ? 'You' : message.name, message.text);
  for (const file of message.attachments) {
    const link = document.createElement('a');
    link.textContent = file.name;
    link.href = file.url ? guest.url(file.url) : '#';
    link.rel = 'noopener';
    row.append(link);
  }
  return row;
}

function draftOf({ text }: Draft): HTMLLIElement {
  const row = bubble('guest', 'You', text || 'A file');
  row.dataset.sending = '';
  return row;
}

function bubble(sender: string, name: string, text: string): HTMLLIElement {
  const row = document.createElement('li');
  row.dataset.sender = sender;
  const who = document.createElement('span');
  who.className = 'who';
  who.textContent = name;
  const said = document.createElement('p');
  said.textContent = text;
  row.append(who, said);
  return row;
}

function say(sentence: string | null): void {
  parts.trouble.hidden = sentence === null;
  parts.trouble.textContent = sentence ?? '';
}

function hear(): void {
  stop?.();
  stop = guest.listen((news) => {
    known = merge(known, news);
    show();
  });
}

/** Sends what waits, in order; what cannot be sent now is sent again under its id. */
async function send(): Promise<void> {
  if (isSending) return;
  isSending = true;
  try {
    for (let draft = drafts[0]; draft; draft = drafts[0]) await deliver(draft);
    say(null);
  } catch (error) {
    if (isFinal(error)) drafts.shift();
    else setTimeout(() => void send(), AGAIN_MS);
    say(sentenceFor(error, 'It could not be sent.'));
    show();
  } finally {
    isSending = false;
  }
}

async function deliver(draft: Draft): Promise<void> {
  const began = guest.resource === null;
  const message = await guest.write(draft);
  drafts = drafts.filter(({ clientId }) => clientId !== message.clientId);
  const goesOn = known.conversationId === message.conversationId;
  const state = goesOn ? known.state : 'waiting';
  known = merge(known, { ...known, state, conversationId: message.conversationId, messages: [message] });
  show();
  if (began || stop === null) hear();
}

/** Whether it would be refused again, however often it is asked. */
function isFinal(error: unknown): boolean {
  return error instanceof Refused && error.status < 500 && error.status !== 429;
}

function sentenceFor(error: unknown, otherwise: string): string {
  return error instanceof Error ? error.message : otherwise;
}

function put(text: string, attachmentIds: string[] = []): void {
  drafts.push({ clientId: crypto.randomUUID(), text, attachmentIds });
  show();
  void send();
}

async function attach(file: File): Promise<void> {
  try {
    put('', [(await guest.attach(file)).id]);
  } catch (error) {
    say(sentenceFor(error, 'The file could not be sent.'));
  }
}

async function main(): Promise<void> {
  const query = new URLSearchParams(window.location.search);
  const deployment = query.get('deployment');
  if (!deployment) {
    parts.more.textContent = 'The address of this page needs where to write to: ?deployment=ID.';
    parts.form.hidden = true;
    return;
  }
  const api = query.get('api') ?? environmentOf(window.location).api;
  guest = new Guest(api, deployment, query.get('name') ?? '', window.localStorage);
  parts.form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = parts.text.value.trim();
    if (!text) return;
    parts.text.value = '';
    put(text);
  });
  parts.text.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    parts.form.requestSubmit();
  });
  parts.attach.addEventListener(
    'keydown',
    ({ key }) => (key === 'Enter' || key === ' ') && parts.file.click(),
  );
  parts.file.addEventListener('change', () => {
    const file = parts.file.files?.[0];
    parts.file.value = '';
    if (file) void attach(file);
  });
  parts.end.addEventListener('click', async () => {
    try {
      await guest.end();
      known = await guest.read();
      show();
    } catch (error) {
      say(sentenceFor(error, 'It could not be ended.'));
    }
    parts.text.focus();
  });
  await begin();
}

async function begin(): Promise<void> {
  try {
    parts.title.textContent = (await guest.open()).name;
    known = merge(known, await guest.read());
    say(null);
    show();
    hear();
  } catch (error) {
    say(sentenceFor(error, 'Nobody can be reached.'));
    if (!isFinal(error)) setTimeout(() => void begin(), AGAIN_MS);
    else parts.form.hidden = true;
  }
}

void main();
