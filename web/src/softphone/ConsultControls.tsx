import { useServices } from '../app/services';
import { Button, Toggle } from '../design/components';
import styles from './CallBlock.module.css';
import type { Call, Consult } from './view';

const SIDES = ['DESTINATION', 'OBJECT', 'BOTH'] as const;

/** A consultation: with whom one speaks, and how it goes on. The one who is asked sees only what it is about. */
export function ConsultControls({ call, consult }: { call: Call; consult: Consult }) {
  const { phone } = useServices();
  if (consult.role === 'consulted') return null;
  const names = { DESTINATION: consult.withName, OBJECT: consult.aboutName, BOTH: 'both' };
  return (
    <div className={styles.consult}>
      <p role="status">
        {consult.answered
          ? `You ask ${consult.withName} about ${consult.aboutName}.`
          : `${consult.withName} is being called. ${consult.aboutName} hears music.`}
      </p>
      {consult.answered && (
        // biome-ignore lint/a11y/useSemanticElements: buttons that stay pressed, not a form.
        <div className={styles.choices} role="group" aria-label="You speak with">
          <span aria-hidden="true">You speak with</span>
          {SIDES.map((side) => (
            <Toggle
              key={side}
              isSelected={consult.speakTo === side}
              onChange={() => consult.speakTo !== side && void phone.speakTo(call.id, side)}
            >
              {names[side]}
            </Toggle>
          ))}
        </div>
      )}
      <div className={styles.choices}>
        <Button look="primary" onPress={() => void phone.end(call.id)}>
          Hand over to {consult.withName}
        </Button>
        {consult.answered && (
          <Button onPress={() => void phone.speakTo(call.id, 'CONFERENCE')}>Make it a conference</Button>
        )}
        <Button onPress={() => void phone.cancelConsult(call.id)}>Back to {consult.aboutName}</Button>
      </div>
    </div>
  );
}
