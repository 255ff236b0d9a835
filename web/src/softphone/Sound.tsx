import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useServices } from '../app/services';
import { Chip } from '../design/components';
import { everyMs } from '../foundation/queries';
import type { Legs } from '../wire/api';
import styles from './CallBlock.module.css';
import { watchSound } from './meter';
import { judgeLine, type Quality, qualityText } from './quality';
import type { Call } from './view';

/** How loud both sides are, and how well the connection does. Levels are written past React: sixty times a second. */
export function Sound({ call }: { call: Call }) {
  const { phone } = useServices();
  const own = useRef<HTMLDivElement>(null);
  const far = useRef<HTMLDivElement>(null);
  const [quality, setQuality] = useState<Quality | null>(null);
  const { id } = call;
  useEffect(
    () =>
      watchSound(() => phone.connection(id), {
        levels: (mine, theirs) => {
          own.current?.style.setProperty('--level', mine.toFixed(2));
          far.current?.style.setProperty('--level', theirs.toFixed(2));
        },
        quality: setQuality,
      }),
    [phone, id],
  );
  return (
    <div className={styles.sound}>
      <span className={styles.side}>{call.muted ? 'You, muted' : 'You'}</span>
      <div
        ref={own}
        className={styles.meter}
        data-side="own"
        data-muted={call.muted || undefined}
        aria-hidden="true"
      />
      <span className={styles.side}>{call.others.length > 1 ? 'The others' : call.who}</span>
      <div ref={far} className={styles.meter} data-side="far" aria-hidden="true" />
      <span className={styles.quality}>
        {quality && (
          <>
            <Chip tone={quality.tone}>{quality.word}</Chip> {qualityText(quality)}
          </>
        )}
      </span>
      <Lines call={call} />
    </div>
  );
}

const LINES_MS = 5_000;

/** How well the others' lines do: what a person cannot hear for themselves, as the server measures it. */
function Lines({ call }: { call: Call }) {
  const { api } = useServices();
  const legs = useQuery({
    queryKey: ['legs', call.id],
    staleTime: 0,
    refetchInterval: everyMs(LINES_MS),
    queryFn: ({ signal }) => api.get<Legs>(`/shiftline/conversations/${call.id}/legs`, signal),
  });
  return legs.data?.entities.map(({ id, participantId, endTime, quality }) => {
    const name = call.others.find((other) => other.id === participantId)?.name;
    const line = judgeLine(quality?.mos);
    if (name === undefined || endTime != null || line === null) return null;
    return (
      <span key={id} className={styles.line}>
        {name}’s line: <Chip tone={line.tone}>{line.word}</Chip> MOS {quality?.mos?.toFixed(1)}
      </span>
    );
  });
}
