/** Microphones and speakers, and what a person chose among them. */
export interface Equipment {
  /** Empty until the browser names them: it does so once the microphone was allowed. */
  microphones: Device[];
  /** Empty where the browser leaves the choice to the system. */
  speakers: Device[];
}

export interface Device {
  id: string;
  label: string;
}

/** Null: whatever the system uses. */
export interface EquipmentChoice {
  microphone: string | null;
  speaker: string | null;
}

export interface PhoneSettings extends EquipmentChoice {
  /** Whether an incoming call is heard. */
  ring: boolean;
}

const KEY = 'shiftline.phone';
const DEFAULTS: PhoneSettings = { microphone: null, speaker: null, ring: true };

/** What this computer remembers; a storage that is damaged or closed to the page remembers nothing. */
export function rememberedSettings(storage: Storage): PhoneSettings {
  try {
    const stored = JSON.parse(storage.getItem(KEY) ?? '{}') as Partial<Record<keyof PhoneSettings, unknown>>;
    return {
      microphone: typeof stored.microphone === 'string' ? stored.microphone : null,
      speaker: typeof stored.speaker === 'string' ? stored.speaker : null,
      ring: stored.ring !== false,
    };
  } catch {
    return DEFAULTS;
  }
}

export function rememberSettings(storage: Storage, settings: PhoneSettings): void {
  try {
    storage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // It lasts until the page is closed.
  }
}

/** The device that was chosen, where it is still there. A headset that was unplugged is not missed: the system's own is used. */
export function presentChoice(devices: Device[], chosen: string | null): string | null {
  return devices.some(({ id }) => id === chosen) ? chosen : null;
}
