import type { Microphone } from './phone';

/** What the browser says of the microphone, without asking the person. */
export async function microphonePermission(): Promise<Microphone> {
  if (!navigator.mediaDevices) return 'missing';
  try {
    return (await navigator.permissions.query({ name: 'microphone' })).state;
  } catch {
    // Some browsers tell only whoever asks for the microphone itself.
    return 'unknown';
  }
}

/** Calls back when the person changes their mind in the browser's own settings. */
export function followMicrophone(changed: () => void): void {
  navigator.permissions
    ?.query({ name: 'microphone' })
    .then((status) => status.addEventListener('change', changed))
    .catch(() => undefined);
}
