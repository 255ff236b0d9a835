import { useState } from 'react';
import { DialogTrigger } from 'react-aria-components';
import { useServices } from '../app/services';
import { Button, Toggle } from '../design/components';
import { Panel } from '../design/fields';
import { Icon } from '../design/icons';
import styles from './CallBlock.module.css';
import { TransferPanel } from './TargetPanel';
import type { Call } from './view';

/** What can be done in a call. A held one offers only the way back, and the end. */
export function CallControls({ call }: { call: Call }) {
  const { phone } = useServices();
  const isTalking = call.phase === 'talking' && call.wish !== 'end';
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms; this is a toolbar's worth of buttons.
    <div className={styles.controls} role="group" aria-label={`Call with ${call.who}`}>
      {isTalking && !call.held && (
        <Toggle isSelected={call.muted} onChange={(muted) => void phone.mute(call.id, muted)}>
          <Icon name={call.muted ? 'microphoneOff' : 'microphone'} /> Mute
        </Toggle>
      )}
      {isTalking && (
        <Toggle isSelected={call.held} onChange={(held) => void phone.hold(call.id, held)}>
          <Icon name={call.held ? 'play' : 'pause'} /> Hold
        </Toggle>
      )}
      {isTalking && !call.held && <Keypad call={call} />}
      {isTalking && !call.held && call.consult === null && call.others.length > 0 && (
        <TransferPanel call={call} />
      )}
      {call.consult?.role !== 'initiator' && (
        <div className={styles.end}>
          <Button look="danger" onPress={() => void phone.end(call.id)}>
            <Icon name="hangUp" /> {call.others.length > 1 ? 'Leave' : 'End'}
          </Button>
        </div>
      )}
    </div>
  );
}

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];
const NAMES: Record<string, string> = { '*': 'star', '#': 'hash' };

function Keypad({ call }: { call: Call }) {
  const { phone } = useServices();
  const [pressed, setPressed] = useState('');
  const press = (key: string) => {
    void phone.press(call.id, key);
    setPressed((before) => (before + key).slice(-24));
  };
  return (
    <DialogTrigger onOpenChange={(isOpen) => isOpen && setPressed('')}>
      <Button>
        <Icon name="keypad" /> Keypad
      </Button>
      <Panel title="Keypad" besides>
        <p className={styles.pressed} role="status" aria-label="Pressed">
          {pressed}
        </p>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the keyboard's own digits work beside the buttons. */}
        <div
          className={styles.keys}
          onKeyDown={(event) => {
            if (KEYS.includes(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey)
              press(event.key);
          }}
        >
          {KEYS.map((key) => (
            <Button
              key={key}
              autoFocus={key === '1'}
              aria-label={NAMES[key] ?? key}
              onPress={() => press(key)}
            >
              {key}
            </Button>
          ))}
        </div>
      </Panel>
    </DialogTrigger>
  );
}
