import { type ReactNode, useId } from 'react';
import { useNow, usePhone, useServices } from '../app/services';
import { Button, Chip, join } from '../design/components';
import { Icon, type IconName } from '../design/icons';
import { lastedText, stopwatch } from '../foundation/time';
import { WhyNotMe } from '../routing/WhyNotMe';
import styles from './CallBlock.module.css';
import { CallControls } from './CallControls';
import { ConsultControls } from './ConsultControls';
import { RecordingControl } from './RecordingControl';
import { Sound } from './Sound';
import type { Call } from './view';
import { companyText, outcomeSentence, phaseText } from './words';

/** One call: who, since when, and what can be done about it. */
export function CallBlock({ call }: { call: Call }) {
  const id = useId();
  const failure = usePhone().failures.get(call.id);
  const isTalking = call.phase === 'talking';
  return (
    <article
      className={styles.block}
      aria-labelledby={id}
      data-phase={call.phase}
      data-held={call.held || undefined}
    >
      <div className={styles.head}>
        <span className={join(styles.badge, styles[TONES[call.phase]])}>
          <Icon name={iconOf(call)} size={22} />
        </span>
        <div className={styles.text}>
          <p className={styles.label}>
            {phaseText(call)}
            {call.queue?.name && ` · ${call.queue.name}`}
            {call.since !== null && call.phase !== 'over' && (
              <>
                {' · '}
                <Elapsed since={call.since} />
              </>
            )}
          </p>
          <h3 id={id} className={styles.who}>
            {call.who}
          </h3>
          <More call={call} />
        </div>
        <Answering call={call} />
        {isTalking && call.recording && <Recorded paused={call.paused} />}
      </div>
      {isTalking && call.media === 'here' && !call.held && <Sound call={call} />}
      {isTalking && call.consult !== null && <ConsultControls call={call} consult={call.consult} />}
      {(isTalking || call.phase === 'calling') && <CallControls call={call} />}
      {isTalking && call.wish !== 'end' && <RecordingControl call={call} />}
      {failure !== undefined && (
        <p role="alert" className={styles.failure}>
          {failure}
        </p>
      )}
    </article>
  );
}

function Recorded({ paused }: { paused: boolean }) {
  return (
    <Chip tone={paused ? 'wait' : 'bad'}>
      <Icon name={paused ? 'pause' : 'record'} size={14} /> {paused ? 'Recording paused' : 'Recorded'}
    </Chip>
  );
}

const TONES = { ringing: 'ringing', calling: 'wait', talking: 'good', wrapup: 'wait', over: 'off' } as const;

function iconOf(call: Call): IconName {
  if (call.phase === 'over') return 'hangUp';
  return call.held || call.confined ? 'pause' : 'phone';
}

export function Elapsed({ since }: { since: number }) {
  const now = useNow(1000);
  return (
    <span className={styles.elapsed} role="timer">
      {stopwatch(now - since)}
    </span>
  );
}

function More({ call }: { call: Call }) {
  const company = companyText(call);
  const lines: ReactNode[] = [];
  if (call.consult?.role === 'consulted') {
    lines.push(`${call.consult.withName} asks you about ${call.consult.aboutName}.`);
  } else if (company !== null) lines.push(company);
  if (call.phase === 'talking' && call.media === 'elsewhere') {
    lines.push('You talk in another window or on another phone. The buttons here work for it, too.');
  }
  if (call.phase === 'ringing' && call.media === 'elsewhere' && !call.wish) {
    lines.push('It can be answered here as soon as the softphone hears of it.');
  }
  if (call.ringsUntil !== null && !call.wish && !call.autoAnswer) {
    lines.push(<Remaining key="remaining" until={call.ringsUntil} />);
  }
  if (call.outcome && call.phase === 'over') lines.push(outcomeSentence(call.who, call.outcome));
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a handful of lines in a fixed order.
    <p key={index} className={styles.more}>
      {line}
    </p>
  ));
}

/** How long it rings here before it goes on to somebody else. */
function Remaining({ until }: { until: number }) {
  const left = until - useNow(1000);
  return <>Rings here for another {lastedText(Math.max(0, left))}.</>;
}

function Answering({ call }: { call: Call }) {
  const { phone } = useServices();
  const { media, phase, wish } = call;
  if (phase === 'over') {
    return (
      <div className={styles.answering}>
        {call.outcome?.kind === 'missed' && <WhyNotMe conversationId={call.id} label="What became of it?" />}
        <Button onPress={() => phone.dismiss(call.id)} look="quiet">
          Close
        </Button>
      </div>
    );
  }
  if (phase !== 'ringing' || wish === 'decline') return null;
  return (
    <div className={styles.answering}>
      {media === 'proposed' && wish === null && !call.autoAnswer && (
        <Button look="good" onPress={() => void phone.answer(call.id)}>
          <Icon name="phone" /> Answer
        </Button>
      )}
      <Button look="danger" onPress={() => void phone.decline(call.id)}>
        <Icon name="hangUp" /> Decline
      </Button>
    </div>
  );
}
