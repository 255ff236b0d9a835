import { useEffect } from 'react';
import { Why } from '../access/Why';
import { useNow, usePhone, useServices, useSoftphone } from '../app/services';
import { WrapupBlock } from '../conversations/WrapupBlock';
import { Button, join } from '../design/components';
import { Icon, type IconName } from '../design/icons';
import { lastedText, tellIn, timeOfDay } from '../foundation/time';
import { useUnit } from '../schedule/queries';
import { CallBlock } from './CallBlock';
import { DemoCaller } from './DemoCaller';
import type { Reach } from './reach';
import styles from './SoftphoneCard.module.css';
import { MicrophoneState, SoundSettings } from './SoundSettings';
import type { SoftphoneState } from './state';
import { CallPanel } from './TargetPanel';
import { useCallFeed, useQueueNames, useRing, useTitle, useWarning } from './useCalls';
import type { Call } from './view';
import { outcomeSentence, ringingSentence } from './words';

/** The softphone's state in one sentence with whatever explains it, and its calls. */
export function SoftphoneCard() {
  const state = useSoftphone();
  const { softphone } = useServices();
  const { calls, microphone } = usePhone();
  useCallFeed();
  useQueueNames();
  const zone = useUnit().data?.timeZone ?? null;
  useEffect(() => {
    const wake = () => document.visibilityState === 'visible' && softphone.wake();
    window.addEventListener('online', wake);
    document.addEventListener('visibilitychange', wake);
    return () => {
      window.removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', wake);
    };
  }, [softphone]);
  const view = VIEWS[state.name];
  const why = state.name === 'refused' ? state.refusal.why : null;
  return (
    <section
      className={join(styles.card, styles[view.tone])}
      aria-labelledby="softphone"
      data-state={state.name}
      data-calls={calls.length || undefined}
    >
      <div className={styles.head}>
        <span className={styles.badge}>
          <Icon name={view.icon} size={22} />
        </span>
        <div className={styles.text}>
          <h2 id="softphone" className={styles.label}>
            Softphone <span aria-hidden="true">·</span> {view.label}{' '}
            {'since' in state && state.name !== 'starting' && (
              <Since since={state.since} zone={zone} showLength={state.name !== 'ready'} />
            )}
          </h2>
          <div role="status" className={styles.sentence}>
            {tellIn(zone ?? 'UTC', sentence(state, calls))}
          </div>
          <Explanation state={state} />
        </div>
        {canTryAgain(state) && (
          <Button look="primary" onPress={() => softphone.tryAgain()}>
            Try again
          </Button>
        )}
      </div>
      {state.name === 'ready' && <MicrophoneState microphone={microphone} />}
      <Calls calls={calls} />
      {state.name === 'ready' && (
        <div className={styles.tools}>
          <DemoCaller />
          <CallPanel />
          <SoundSettings />
        </div>
      )}
      {state.name === 'refused' && why !== null && !why.allowed && (
        <Why decision={why} enforced={state.refusal.enforced} zone={zone ?? 'UTC'} />
      )}
    </section>
  );
}

function Calls({ calls }: { calls: Call[] }) {
  const isSilenced = useRing(calls);
  useTitle(calls);
  useWarning(calls);
  const ringing = calls.filter(({ phase, wish }) => phase === 'ringing' && wish === null);
  return (
    <>
      <div role="alert" className="visually-hidden">
        {ringing.map((call) => (
          <p key={call.id}>{ringingSentence(call)}</p>
        ))}
      </div>
      <div role="status" className="visually-hidden">
        {calls.map((call) => call.outcome && <p key={call.id}>{outcomeSentence(call.who, call.outcome)}</p>)}
      </div>
      {isSilenced && (
        <p className={styles.more}>
          This browser keeps the page silent until you click on it, so you do not hear it ring.
        </p>
      )}
      {calls.map((call) =>
        call.wrapup ? (
          <WrapupBlock key={call.id} call={call} due={call.wrapup} />
        ) : (
          <CallBlock key={call.id} call={call} />
        ),
      )}
    </>
  );
}

interface View {
  label: string;
  icon: IconName;
  tone: 'good' | 'wait' | 'bad' | 'neutral';
}

const VIEWS: Record<SoftphoneState['name'], View> = {
  off: { label: 'Off', icon: 'phone', tone: 'neutral' },
  starting: { label: 'Starting', icon: 'phone', tone: 'neutral' },
  ready: { label: 'Ready', icon: 'phone', tone: 'good' },
  reconnecting: { label: 'Reconnecting', icon: 'phone', tone: 'wait' },
  refused: { label: 'Refused', icon: 'lock', tone: 'bad' },
  unsure: { label: 'Waiting', icon: 'clock', tone: 'wait' },
  unreachable: { label: 'Not reached', icon: 'cloudOff', tone: 'wait' },
};

function sentence(state: SoftphoneState, calls: Call[]): string {
  // Sound goes its own way: it does not need the connection that was lost.
  if (state.name === 'reconnecting' && calls.some(({ phase }) => phase === 'talking')) {
    return 'The connection to Shiftline was lost. Your call goes on.';
  }

  switch (state.name) {
    case 'off':
      return 'The softphone is off.';
    case 'starting':
      return 'Connecting to Shiftline.';
    case 'ready':
      return state.station === null
        ? 'Connected. No phone is assigned to you yet, so calls cannot reach you.'
        : `Connected with ${state.station}.`;
    case 'reconnecting':
      return state.reach ? reachSentence(state.reach) : 'The connection was lost and is being made again.';
    case 'refused':
      return state.refusal.why?.allowed
        ? 'Access is granted now. The softphone starts again in a moment.'
        : (state.refusal.why?.sentence ?? state.refusal.message);
    case 'unsure':
      return (
        state.sentence ?? 'Shiftline cannot tell at the moment whether you may connect. Nothing was refused.'
      );
    case 'unreachable':
      return reachSentence(state.reach);
  }
}

function reachSentence(reach: Reach): string {
  switch (reach.cause) {
    case 'offline':
      return 'This computer is offline.';
    case 'certificate':
      return `This browser does not trust the certificate of ${new URL(reach.host).host}, or cannot find that host.`;
    case 'restarting':
      return 'Shiftline does not answer. It may be restarting.';
  }
}

function Explanation({ state }: { state: SoftphoneState }) {
  const { environment } = useServices();
  const reach = state.name === 'unreachable' || state.name === 'reconnecting' ? state.reach : undefined;
  if (reach?.cause === 'certificate') {
    return (
      <p className={styles.more}>
        Open{' '}
        <a href={`${reach.host}/`} target="_blank" rel="noreferrer">
          {reach.host}
        </a>{' '}
        once and accept its certificate, or trust it for good with the command that{' '}
        <code>./scripts/demo</code> printed when {environment.name} started.
      </p>
    );
  }
  if (state.name === 'starting' || state.name === 'ready' || state.name === 'off') return null;
  return <p className={styles.more}>{RETRIES[state.name]}</p>;
}

const RETRIES = {
  refused:
    'Your sign-in stays valid. This page looks again every ten seconds and connects as soon as it may.',
  unsure: 'This page asks again by itself.',
  unreachable: 'This page tries again by itself every few seconds.',
  reconnecting: 'Nothing needs to be done: this page connects again by itself.',
} as const;

/** The machine's `since`, told in the application's time and the unit's zone once both are known. */
function Since({ since, zone, showLength }: { since: number; zone: string | null; showLength: boolean }) {
  const { clock } = useServices();
  const now = useNow(1000);
  const lasted = Date.now() - since;
  if (!clock.known() || zone === null) return <span className={styles.since}>for {lastedText(lasted)}</span>;
  return (
    <span className={styles.since}>
      since {timeOfDay(now - lasted, zone)}
      {showLength && ` (${lastedText(lasted)})`}
    </span>
  );
}

function canTryAgain(state: SoftphoneState): boolean {
  return state.name === 'refused' || state.name === 'unsure' || state.name === 'unreachable';
}
