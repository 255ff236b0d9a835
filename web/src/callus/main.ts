import '../design/tokens.css';
import '../design/base.css';
import './callus.css';
import { environmentOf } from '../foundation/environment';
import { stopwatch } from '../foundation/time';
import { watchSound } from '../softphone/meter';
import type { WebCallStatus } from '../wire/api';
import { WebCall } from './call';
import { type Stage, wordsOf } from './words';

const element = <Kind extends HTMLElement>(id: string): Kind => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`call.html has no #${id}`);
  return found as Kind;
};

const parts = {
  title: element('title'),
  more: element('more'),
  timer: element('timer'),
  meters: element('meters'),
  own: element('own'),
  far: element('far'),
  call: element<HTMLButtonElement>('call'),
  mute: element<HTMLButtonElement>('mute'),
  end: element<HTMLButtonElement>('end'),
};

/** Beside the page: there is nothing of it to see. */
const player = new Audio();

let call: WebCall | null = null;
let stopWatching: (() => void) | null = null;
let connectedAt: number | null = null;
let mayCallAt = 0;

function show(stage: Stage): void {
  const { title, more } = wordsOf(stage);
  // Only what changed is written: each change is read aloud.
  if (parts.title.textContent !== title) parts.title.textContent = title;
  if (parts.more.textContent !== more) parts.more.textContent = more;
  const isCalling = stage.name === 'asking' || stage.name === 'dialing' || stage.name === 'call';
  document.body.dataset.stage = stage.name === 'call' ? stage.status.state : stage.name;
  parts.call.hidden = isCalling;
  parts.end.hidden = !isCalling;
  parts.mute.hidden = stage.name !== 'call';
  parts.meters.hidden = stage.name !== 'call';
  if (stage.name === 'failed') mayCallAt = Date.now() + (stage.retryAfterSeconds ?? 0) * 1000;
  if (stage.name === 'call') follow(stage.status.state);
  else forget();
  tick();
}

function follow(state: WebCallStatus['state']): void {
  if (state === 'connected') connectedAt ??= Date.now();
  // Whose agent was lost waits for the next one.
  else if (state === 'waiting') connectedAt = null;
  stopWatching ??= watchSound(() => call?.connection() ?? null, {
    levels: (own, far) => {
      parts.own.style.setProperty('--level', own.toFixed(2));
      parts.far.style.setProperty('--level', far.toFixed(2));
    },
    quality: () => undefined,
  });
}

function forget(): void {
  stopWatching?.();
  stopWatching = null;
  connectedAt = null;
}

/** Once a second: how long the call lasts, or how long the next one has to wait. */
function tick(): void {
  parts.timer.textContent = connectedAt === null ? '' : stopwatch(Date.now() - connectedAt);
  const seconds = Math.ceil((mayCallAt - Date.now()) / 1000);
  const again = document.body.dataset.stage === 'idle' ? 'Call us' : 'Call again';
  parts.call.textContent = seconds > 0 ? `Call again in ${seconds} s` : again;
  parts.call.toggleAttribute('aria-disabled', seconds > 0);
}

function main(): void {
  const query = new URLSearchParams(window.location.search);
  const queue = query.get('queue');
  if (!queue) {
    parts.title.textContent = 'No queue is named';
    parts.more.textContent = 'The address of this page needs the queue to call: ?queue=ID.';
    parts.call.hidden = true;
    return;
  }
  const api = query.get('api') ?? environmentOf(window.location).api;
  const url = new URL(`/api/v2/shiftline/calls/whip/${encodeURIComponent(queue)}`, api);
  const name = query.get('name');
  if (name) url.searchParams.set('name', name);
  parts.call.addEventListener('click', () => {
    if (Date.now() < mayCallAt) return;
    press(false);
    call = new WebCall(url.href, player, show);
    void call.start();
    parts.end.focus();
  });
  parts.mute.addEventListener('click', () => press(parts.mute.ariaPressed !== 'true'));
  parts.end.addEventListener('click', () => {
    call?.end();
    parts.call.focus();
  });
  window.addEventListener('pagehide', () => call?.end());
  setInterval(tick, 1000);
  show({ name: 'idle' });
}

function press(isMuted: boolean): void {
  parts.mute.ariaPressed = String(isMuted);
  parts.own.toggleAttribute('data-muted', isMuted);
  call?.mute(isMuted);
}

main();
