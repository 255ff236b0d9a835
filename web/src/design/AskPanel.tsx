import { type ReactElement, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { DialogTrigger } from 'react-aria-components';
import { Button, type ButtonProps, Failure } from './components';
import styles from './design.module.css';
import { Panel } from './fields';

export interface AskPanelProps {
  /** What opens it. */
  button: ReactElement;
  title: string;
  /** What the button that does it says. */
  act: string;
  look?: ButtonProps['look'];
  wide?: boolean;
  /** Why it was not done, as a sentence; it stays open then, with what was typed. */
  problem: string | null;
  /** Whether it was done: then the panel closes. */
  onAct: () => Promise<boolean>;
  children: ReactNode;
}

const WRONG = 'input[aria-invalid="true"], textarea[aria-invalid="true"], [data-invalid] button';

/** A button that asks for something more before it does what it says: fields, the act, and a way back. */
export function AskPanel({ look = 'primary', wide = false, ...props }: AskPanelProps) {
  const [isOpen, setOpen] = useState(false);
  const [isActing, setActing] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const wasRefused = useRef(false);
  // The first field that is wrong may be out of sight. It is marked in this rendering, or in one that comes with the refusal.
  useLayoutEffect(() => {
    const wrong = wasRefused.current ? form.current?.querySelector<HTMLElement>(WRONG) : null;
    if (!wrong) return;
    wasRefused.current = false;
    wrong.focus();
  });
  const act = async () => {
    if (isActing) return;
    setActing(true);
    try {
      wasRefused.current = false;
      if (await props.onAct()) setOpen(false);
      else wasRefused.current = true;
    } finally {
      setActing(false);
    }
  };
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      {props.button}
      <Panel title={props.title} wide={wide}>
        <form
          ref={form}
          className={styles.ask}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void act();
          }}
        >
          {props.children}
          {props.problem !== null && <Failure>{props.problem}</Failure>}
          <div className={styles.askActions}>
            <Button look={look} type="submit">
              {props.act}
            </Button>
            <Button onPress={() => setOpen(false)}>Not now</Button>
          </div>
        </form>
      </Panel>
    </DialogTrigger>
  );
}

/** Whether something was done; why it was not is kept by who does it, and shown by the panel. */
export async function done(doing: Promise<unknown>): Promise<boolean> {
  try {
    await doing;
    return true;
  } catch {
    return false;
  }
}
