import { expect, it } from 'vitest';
import { presentChoice, rememberedSettings, rememberSettings } from './equipment';

function storage(text: string | null): Storage {
  let kept = text;
  return {
    getItem: () => kept,
    setItem: (_: string, value: string) => {
      kept = value;
    },
  } as unknown as Storage;
}

it('remembers what was chosen', () => {
  const memory = storage(null);
  expect(rememberedSettings(memory)).toEqual({ microphone: null, speaker: null, ring: true });
  rememberSettings(memory, { microphone: 'a', speaker: 'b', ring: false });
  expect(rememberedSettings(memory)).toEqual({ microphone: 'a', speaker: 'b', ring: false });
});

it.each(['{', '[]', '{"microphone":7,"ring":"no"}', 'null'])('takes %s for nothing remembered', (damaged) => {
  expect(rememberedSettings(storage(damaged))).toEqual({ microphone: null, speaker: null, ring: true });
});

it('does not hold on to a device that is gone', () => {
  const devices = [{ id: 'a', label: 'Headset' }];
  expect(presentChoice(devices, 'a')).toBe('a');
  expect(presentChoice(devices, 'b')).toBeNull();
  expect(presentChoice(devices, null)).toBeNull();
});
