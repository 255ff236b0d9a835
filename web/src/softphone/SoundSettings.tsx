import { DialogTrigger, Label, Switch } from 'react-aria-components';
import { usePhone, useServices } from '../app/services';
import { Button } from '../design/components';
import { type Choice, Panel, SelectField } from '../design/fields';
import { Icon } from '../design/icons';
import { type Device, presentChoice } from './equipment';
import type { Microphone } from './phone';
import styles from './SoundSettings.module.css';

const SYSTEM: Choice = { id: 'system', name: 'What the system uses' };

/** Microphone, speaker and ring tone; this computer remembers them. */
export function SoundSettings() {
  const { phone } = useServices();
  const { settings, equipment, microphone } = usePhone();
  const choose = (kind: 'microphone' | 'speaker') => (id: string) =>
    void phone.choose({ [kind]: id === SYSTEM.id ? null : id });
  return (
    <DialogTrigger onOpenChange={(isOpen) => isOpen && void phone.look()}>
      <Button>
        <Icon name={settings.ring ? 'speaker' : 'bellOff'} /> Sound
      </Button>
      <Panel title="Sound">
        <MicrophoneState microphone={microphone} />
        <SelectField
          label="Microphone"
          choices={choicesOf(equipment.microphones)}
          chosen={presentChoice(equipment.microphones, settings.microphone) ?? SYSTEM.id}
          onChoose={choose('microphone')}
        />
        {equipment.speakers.length > 0 && (
          <SelectField
            label="Speaker"
            choices={choicesOf(equipment.speakers)}
            chosen={presentChoice(equipment.speakers, settings.speaker) ?? SYSTEM.id}
            onChoose={choose('speaker')}
          />
        )}
        <Switch
          className={styles.switch ?? ''}
          isSelected={settings.ring}
          onChange={(ring) => phone.ring(ring)}
        >
          <span className={styles.track} aria-hidden="true" />
          <Label>Ring when a call comes in</Label>
        </Switch>
      </Panel>
    </DialogTrigger>
  );
}

function choicesOf(devices: Device[]): Choice[] {
  return [SYSTEM, ...devices.map(({ id, label }) => ({ id, name: label }))];
}

/** Why calls would be silent, and what helps. Nothing where all is well. */
export function MicrophoneState({ microphone }: { microphone: Microphone }) {
  const { phone } = useServices();
  if (microphone === 'granted' || microphone === 'unknown') return null;
  if (microphone === 'prompt') {
    return (
      <div className={styles.notice}>
        <p>This browser asks you for the microphone with your first call. You can allow it now.</p>
        <Button onPress={() => void phone.askMicrophone()}>
          <Icon name="microphone" /> Allow the microphone
        </Button>
      </div>
    );
  }
  return (
    <p className={styles.notice} role="alert">
      {microphone === 'denied'
        ? 'This browser keeps the microphone from this page, so you could not be heard. Allow it with the icon beside the address, for this site, then answer again.'
        : 'No microphone was found, so you could not be heard. Plug one in, or see whether another program keeps it.'}
    </p>
  );
}
