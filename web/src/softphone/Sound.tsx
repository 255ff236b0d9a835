import { useEffect, useRef, useState } from 'react';
import { useServices } from '../app/services';
import { Chip } from '../design/components';
import styles from './CallBlock.module.css';
import { watchSound } from './meter';
import { type Quality, qualityText } from './quality';
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
    </div>
  );
}
