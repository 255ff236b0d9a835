import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { Button } from '../design/components';
import { Icon, type IconName } from '../design/icons';
import { dayAndTime, timeOfDay } from '../foundation/time';
import type { Timeline } from '../wire/api';
import styles from './Lanes.module.css';
import { type Lane, laneName, lanesOf, type Mark, type Moment, momentsOf, stepFrom, ticksOf } from './lanes';
import { useOffsets } from './queries';
import { Way } from './Way';
import { OneDecision } from './WhyCard';

const SIGNS: Record<Moment['kind'], { icon: IconName | null; says: string }> = {
  event: { icon: null, says: '' },
  allowed: { icon: 'check', says: 'Allowed. ' },
  refused: { icon: 'cross', says: 'Refused. ' },
  unknown: { icon: 'question', says: 'Could not be known. ' },
};

/** What happened in each room on one axis of time. Arrow keys go from event to event; what is chosen is told below. */
export function Lanes(props: { timeline: Timeline; fromMs: number; toMs: number; zone: string }) {
  const { timeline, fromMs, toMs, zone } = props;
  const offsets = useOffsets(zone);
  const moments = useMemo(() => momentsOf(timeline, zone), [timeline, zone]);
  const lanes = useMemo(() => lanesOf(timeline, moments, fromMs, toMs), [timeline, moments, fromMs, toMs]);
  const [chosenId, setChosen] = useState<string | null>(null);
  const marks = useRef(new Map<string, HTMLButtonElement>());
  const chosen = moments.find(({ id }) => id === chosenId) ?? null;
  // The keyboard comes in at what is chosen, else at what happened last.
  const entry = chosen ?? moments.at(-1) ?? null;
  const go = (event: KeyboardEvent) => {
    const next = entry && stepFrom(moments, lanes, entry, event.key);
    if (!next) return;
    event.preventDefault();
    setChosen(next.id);
    marks.current.get(next.id)?.focus();
  };
  const told = timeline.complete ? '' : ' More happened than is told here: ask of a shorter span.';
  return (
    <div className={styles.timeline}>
      <p className={styles.quiet}>
        {dayAndTime(fromMs, zone)} to {dayAndTime(toMs, zone)}: {countText(moments.length)}.{told}
        {moments.length > 0 && ' Arrow keys go from one to the next.'}
      </p>
      <div className={styles.chart}>
        <ul aria-label="Lanes" onKeyDown={go}>
          {lanes.map((lane) => (
            <LaneRow
              key={lane.id}
              lane={lane}
              zone={zone}
              entry={entry}
              chosen={chosen}
              onChoose={setChosen}
              marks={marks.current}
            />
          ))}
        </ul>
        <div className={styles.axis} aria-hidden="true">
          {ticksOf(fromMs, toMs, offsets).map(({ left, text }) => (
            <span key={left} className={styles.tick} style={{ left: `${left}%` }}>
              {text}
            </span>
          ))}
        </div>
      </div>
      {chosen && <Chosen chosen={chosen} moments={moments} zone={zone} onChoose={setChosen} />}
    </div>
  );
}

const countText = (count: number) =>
  count === 0 ? 'nothing happened' : count === 1 ? 'one thing happened' : `${count} things happened`;

function LaneRow(props: {
  lane: Lane;
  zone: string;
  entry: Moment | null;
  chosen: Moment | null;
  onChoose: (id: string) => void;
  marks: Map<string, HTMLButtonElement>;
}) {
  const { lane } = props;
  return (
    <li className={styles.lane} aria-label={`${lane.name}: ${countText(lane.count)}`}>
      <span className={styles.name} aria-hidden="true">
        {lane.name} <span className={styles.count}>{lane.count === 0 ? 'quiet' : lane.count}</span>
      </span>
      <div className={styles.track}>
        {lane.marks.map((mark) => (
          <OneMark key={mark.moments[0]?.id} mark={mark} {...props} />
        ))}
      </div>
    </li>
  );
}

function OneMark(props: {
  mark: Mark;
  zone: string;
  entry: Moment | null;
  chosen: Moment | null;
  onChoose: (id: string) => void;
  marks: Map<string, HTMLButtonElement>;
}) {
  const { mark, zone, entry, chosen, onChoose, marks } = props;
  const isChosen = chosen !== null && mark.moments.includes(chosen);
  const shown = isChosen ? chosen : (mark.moments[0] as Moment);
  const others = mark.moments.length - 1;
  const { icon } = SIGNS[mark.kind];
  return (
    <button
      type="button"
      ref={(element) => {
        for (const { id } of mark.moments) {
          if (element) marks.set(id, element);
          else marks.delete(id);
        }
      }}
      className={styles.mark}
      data-kind={mark.kind}
      data-many={others > 0 || undefined}
      style={{ left: `${mark.left}%` }}
      tabIndex={entry !== null && mark.moments.includes(entry) ? 0 : -1}
      aria-pressed={isChosen}
      aria-label={`${nameOf(shown, zone)}${others > 0 ? ` And ${others} more.` : ''}`}
      title={`${timeOfDay(shown.atMs, zone)} ${shown.sentence}`}
      onClick={() => onChoose(shown.id)}
    >
      {others > 0 ? <span>{mark.moments.length}</span> : icon && <Icon name={icon} size={12} />}
    </button>
  );
}

const nameOf = (moment: Moment, zone: string) =>
  `${dayAndTime(moment.atMs, zone)}. ${SIGNS[moment.kind].says}${moment.sentence}`;

/** Shown on either side of what is chosen. */
const AROUND = 6;

/** What is chosen among what happened in its room. */
function Chosen(props: { chosen: Moment; moments: Moment[]; zone: string; onChoose: (id: string) => void }) {
  const { chosen, moments, zone, onChoose } = props;
  const own = moments.filter(({ lane }) => lane === chosen.lane);
  const index = own.indexOf(chosen);
  const shown = own.slice(Math.max(0, index - AROUND), index + AROUND + 1);
  const [openId, setOpen] = useState<string | null>(null);
  return (
    <section className={styles.chosen} aria-label={`${laneName(chosen.lane)}, around what is chosen`}>
      <p role="status" className="visually-hidden">
        {nameOf(chosen, zone)}
      </p>
      <h3>{laneName(chosen.lane)}</h3>
      <ol className={styles.list}>
        {shown.map((moment) => (
          <li
            key={moment.id}
            className={styles.event}
            {...(moment === chosen && { 'aria-current': 'true' as const })}
          >
            <button type="button" className={styles.at} onClick={() => onChoose(moment.id)}>
              <time dateTime={new Date(moment.atMs).toISOString()}>{dayAndTime(moment.atMs, zone)}</time>
              <span className={styles.seconds}>:{timeOfDay(moment.atMs, zone).slice(-2)}</span>
            </button>
            <span className={styles.words}>
              {SIGNS[moment.kind].says}
              {moment.sentence}
              {moment.by !== null && <span className={styles.quiet}> By {moment.by}.</span>}
              <Way arrivals={moment.arrivals} whole={moment === chosen} />
            </span>
            {moment === chosen && moment.decisionId !== null && (
              <Button
                look="quiet"
                aria-expanded={openId === moment.decisionId}
                onPress={() => setOpen(openId === moment.decisionId ? null : moment.decisionId)}
              >
                {openId === moment.decisionId ? 'Close' : 'Open this decision'}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {openId !== null && openId === chosen.decisionId && <OneDecision id={openId} zone={zone} />}
    </section>
  );
}
