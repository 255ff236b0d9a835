import { useEffect, useId, useMemo, useState, useSyncExternalStore } from 'react';
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components';
import { useServices } from '../app/services';
import { Button, Skeleton, Trouble } from '../design/components';
import { SelectField } from '../design/fields';
import { Icon } from '../design/icons';
import { stopwatch } from '../foundation/time';
import type { Peaks } from '../wire/api';
import { Notes } from './Notes';
import styles from './Player.module.css';
import { columnsOf, pathOf, spokenShare } from './peaks';
import { Playback } from './playback';
import { useMarks, usePeaks, useReasons, why } from './queries';
import type { Leg, RecordedCall } from './recorded';
import { SavingButtons } from './SavingButtons';
import type { Mark } from './timeline';

const COLUMNS = 480;
const SPEEDS = [0.75, 1, 1.25, 1.5, 2].map((speed) => ({ id: String(speed), name: `${speed}×` }));

/** Plays all legs of a call at once; each has its own waveform, so that it is seen who spoke. */
export function Player({ call, total }: { call: RecordedCall; total: number }) {
  const needsReason = call.legs.some(({ reasonRequired }) => reasonRequired);
  const [reason, setReason] = useState<string | null>(null);
  if (needsReason && reason === null) return <Asking onChoose={setReason} />;
  return <Playing key={reason} call={call} total={total} reason={reason} />;
}

/** Nothing is heard or drawn before it is said why: the access log keeps it. */
function Asking({ onChoose }: { onChoose: (reason: string) => void }) {
  const reasons = useReasons(true);
  if (reasons.isError) {
    return (
      <Trouble onRetry={() => void reasons.refetch()}>
        The reasons could not be read: {reasons.error.message}
      </Trouble>
    );
  }
  if (!reasons.data) return <Skeleton height="3rem" />;
  const choices = reasons.data.entities.map(({ code, name }) => ({ id: code, name }));
  return (
    <div className={styles.asking}>
      <p>Whoever hears this recording says why. The answer is kept in its access log.</p>
      <SelectField label="Why do you listen?" choices={choices} chosen={null} onChoose={onChoose} />
    </div>
  );
}

function Playing({ call, total, reason }: { call: RecordedCall; total: number; reason: string | null }) {
  const playback = usePlayback(total);
  const { playing, position, speed } = useSyncExternalStore(playback.subscribe, playback.state);
  const media = useMedia(playback, call.legs, reason);
  const peaks = usePeaks(call.legs, reason);
  const marks = useMarks(call.legs);
  const jump = (from: number) => playback.seek(Math.min(from, total));
  const press = async () => {
    if (playing) playback.pause();
    else if (await media.load()) playback.play();
  };
  return (
    <div className={styles.player}>
      <div className={styles.bar}>
        <Button look="primary" onPress={() => void press()}>
          <Icon name={playing ? 'pause' : 'play'} /> {playing ? 'Pause' : 'Play'}
        </Button>
        <span className={styles.position}>
          {stopwatch(position * 1000)} / {stopwatch(total * 1000)}
        </span>
        <div className={styles.speed}>
          <SelectField
            label="Speed"
            isLabelHeard
            choices={SPEEDS}
            chosen={String(speed)}
            onChoose={(chosen) => playback.setSpeed(Number(chosen))}
          />
        </div>
      </div>
      {media.trouble !== null && (
        <p role="alert" className={styles.trouble}>
          {media.trouble}
        </p>
      )}
      {peaks.isError ? (
        <Trouble onRetry={() => void peaks.refetch()}>
          The waveform could not be read: {peaks.error.message}
        </Trouble>
      ) : (
        <Slider
          className={styles.slider ?? ''}
          aria-label="Position in the call"
          minValue={0}
          maxValue={total}
          step={0.5}
          value={position}
          onChange={(value) => playback.seek(typeof value === 'number' ? value : (value[0] ?? 0))}
          formatOptions={{ style: 'unit', unit: 'second', unitDisplay: 'long', maximumFractionDigits: 0 }}
        >
          <SliderTrack className={styles.track ?? ''}>
            {call.legs.map((leg, index) => (
              <Voice key={leg.id} leg={leg} peaks={peaks.data?.[index]} total={total} position={position} />
            ))}
            {marks.data?.map((mark) => (
              <Span key={mark.key} mark={mark} total={total} />
            ))}
            <SliderThumb className={styles.thumb ?? ''} />
          </SliderTrack>
        </Slider>
      )}
      {marks.isError ? (
        <Trouble onRetry={() => void marks.refetch()}>
          What happened in the call could not be read: {marks.error.message}
        </Trouble>
      ) : (
        <Marks marks={marks.data ?? []} onJump={jump} />
      )}
      <Notes call={call} total={total} positionNow={() => playback.state().position} onJump={jump} />
      <SavingButtons call={call} reason={reason} />
    </div>
  );
}

/** Where something lies on the waveform: a stretch, or a line for a moment. */
function Span({ mark, total }: { mark: Mark; total: number }) {
  const left = Math.min(100, (mark.from / total) * 100);
  const width = Math.min(100 - left, ((mark.length ?? total - mark.from) / total) * 100);
  return (
    <span
      aria-hidden="true"
      className={styles.span}
      data-kind={mark.kind}
      style={{ left: `${left}%`, width: `${width}%` }}
    />
  );
}

/** What happened in the call, each a way to its place: by the keyboard, too. */
function Marks({ marks, onJump }: { marks: Mark[]; onJump: (from: number) => void }) {
  if (marks.length === 0) return null;
  return (
    <ol className={styles.marks} aria-label="What happened in the call">
      {marks.map((mark) => (
        <li key={mark.key}>
          <Button look="quiet" onPress={() => onJump(mark.from)}>
            <span className={styles.at}>{stopwatch(mark.from * 1000)}</span>
            <span className={styles.swatch} data-kind={mark.kind} aria-hidden="true" />
            <span>
              {mark.text}
              {mark.length !== null && mark.length > 0 && ` for ${stopwatch(mark.length * 1000)}`}
            </span>
          </Button>
        </li>
      ))}
    </ol>
  );
}

function usePlayback(total: number): Playback {
  const playback = useMemo(() => new Playback(total), [total]);
  useEffect(() => () => playback.pause(), [playback]);
  return playback;
}

/** The sound of all legs: fetched with the person's own token when it is first asked for, and forgotten with the player. */
function useMedia(playback: Playback, legs: Leg[], reason: string | null) {
  const { api } = useServices();
  const [trouble, setTrouble] = useState<string | null>(null);
  const [loaded] = useState(() => ({ urls: [] as string[], loading: null as Promise<void> | null }));
  useEffect(
    () => () => {
      for (const url of loaded.urls) URL.revokeObjectURL(url);
      loaded.urls = [];
      loaded.loading = null;
    },
    [loaded],
  );

  async function fetchAll(): Promise<void> {
    const asked = legs.map(({ id }) => api.blob(`/shiftline/recordings/${id}/media?${why(reason)}`));
    const blobs = await Promise.all(asked);
    blobs.forEach((blob, index) => {
      const url = URL.createObjectURL(blob);
      loaded.urls.push(url);
      const voice = new Audio(url);
      voice.addEventListener('error', () =>
        setTrouble('This browser cannot play this sound. It can be saved, and played by another program.'),
      );
      const leg = legs[index];
      if (leg) playback.add(leg.place, voice);
    });
  }

  const load = async (): Promise<boolean> => {
    try {
      setTrouble(null);
      loaded.loading ??= fetchAll();
      await loaded.loading;
      return true;
    } catch (error) {
      loaded.loading = null;
      setTrouble(error instanceof Error ? error.message : 'The sound could not be read.');
      return false;
    }
  };
  return { load, trouble };
}

/** One leg's waveform; what was played stands out. */
function Voice(props: { leg: Leg; peaks: Peaks | undefined; total: number; position: number }) {
  const { leg, peaks, total, position } = props;
  const clip = useId();
  const path = useMemo(
    () => (peaks ? pathOf(columnsOf(peaks, leg.place, total, COLUMNS)) : null),
    [peaks, leg.place, total],
  );
  const share = useMemo(() => (peaks ? Math.round(spokenShare(peaks, total) * 100) : null), [peaks, total]);
  return (
    <div className={styles.voice} data-side={leg.purpose === 'customer' ? 'far' : 'own'}>
      <span className={styles.name}>
        {leg.name}
        {share !== null && ` spoke ${share} % of the time`}
      </span>
      {path === null ? (
        <Skeleton height="3rem" />
      ) : (
        <svg
          className={styles.wave}
          viewBox={`0 -1 ${COLUMNS} 2`}
          preserveAspectRatio="none"
          aria-hidden="true"
          width="100%"
          height="48"
        >
          <clipPath id={clip}>
            <rect x="0" y="-1" height="2" width={(position / total) * COLUMNS} />
          </clipPath>
          <path d={path} />
          <path d={path} clipPath={`url(#${clip})`} className={styles.played} />
        </svg>
      )}
    </div>
  );
}
