import { type ReactNode, useEffect, useRef, useState } from 'react';
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  ToggleButton as AriaToggleButton,
  type ToggleButtonProps as AriaToggleButtonProps,
} from 'react-aria-components';
import styles from './design.module.css';

export type Tone = 'good' | 'wait' | 'bad' | 'busy' | 'off' | 'accent';

export function Card(props: { title: string; id: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.card} aria-labelledby={props.id}>
      <div className={styles.cardHead}>
        <h2 id={props.id} className={styles.cardTitle}>
          {props.title}
        </h2>
        {props.actions}
      </div>
      {props.children}
    </section>
  );
}

export interface ButtonProps extends Omit<AriaButtonProps, 'className'> {
  look?: 'plain' | 'primary' | 'quiet' | 'good' | 'danger';
  square?: boolean;
}

export function Button({ look = 'plain', square = false, ...props }: ButtonProps) {
  const looks = {
    plain: '',
    primary: styles.primary,
    quiet: styles.quiet,
    good: join(styles.primary, styles.answer),
    danger: styles.danger,
  };
  return <AriaButton {...props} className={join(styles.button, looks[look], square && styles.square)} />;
}

/** A button that stays pressed. Its name does not change with it. */
export function Toggle(props: Omit<AriaToggleButtonProps, 'className'>) {
  return <AriaToggleButton {...props} className={join(styles.button, styles.toggle)} />;
}

export function Chip({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={join(styles.chip, styles[tone])}>{children}</span>;
}

export function Dot({ tone }: { tone: Tone }) {
  return <span aria-hidden="true" className={join(styles[tone], styles.dot)} />;
}

/** Holds the place of what is being read, at its final size. */
export function Skeleton({ width = '100%', height }: { width?: string; height: string }) {
  return <span aria-hidden="true" className={styles.skeleton} style={{ width, height }} />;
}

/** What could not be read, in one sentence, with a way to try again. */
export function Trouble({ children, onRetry }: { children: ReactNode; onRetry: () => void }) {
  return (
    <div className={styles.notice} role="status">
      <span>{children}</span>
      <Button onPress={onRetry}>Read again</Button>
    </div>
  );
}

/** A panel that closes gives the keyboard back a few frames later, to a button that may be gone. */
const CLOSED_MS = 150;

/**
 * What has just been done, in one sentence that is heard. The keyboard goes there, since the button that did it may be gone.
 * Returns the sentence's place and the way to say something.
 */
export function useSaid(): [ReactNode, (sentence: string) => void] {
  const place = useRef<HTMLParagraphElement>(null);
  const [said, say] = useState<{ sentence: string } | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => place.current?.focus(), CLOSED_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return [
    <p key="said" ref={place} role="status" tabIndex={-1} className={styles.said}>
      {said?.sentence}
    </p>,
    (sentence) => say({ sentence }),
  ];
}

/** Why something was not done. */
export function Failure({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className={styles.failure}>
      {children}
    </p>
  );
}

export function join(...names: (string | false | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}
