import { expect, it } from 'vitest';
import type { PresenceDefinition, SystemPresence } from '../wire/api';
import { arrivalOf, nameOf, orderDefinitions, presenceFor, stillFailed } from './presence';

function definition(
  systemPresence: SystemPresence,
  type: PresenceDefinition['type'],
  more: Partial<PresenceDefinition> = {},
): PresenceDefinition {
  return { id: systemPresence, type, systemPresence, languageLabels: {}, deactivated: false, ...more };
}

it('orders presences as a day uses them, without those that nobody may choose', () => {
  const definitions = [
    definition('Offline', 'System'),
    definition('Idle', 'System'),
    definition('Busy', 'User', { languageLabels: { en_US: 'Coaching' } }),
    definition('Busy', 'System', { languageLabels: { en_US: 'Busy' } }),
    definition('OnQueue', 'System'),
    definition('Break', 'User', { languageLabels: { en_US: 'Old' }, deactivated: true }),
  ];
  expect(orderDefinitions(definitions).map(nameOf)).toEqual(['On queue', 'Busy', 'Coaching', 'Offline']);
});

it('calls a presence by the organization’s own word, also where that is not English', () => {
  expect(nameOf(definition('Busy', 'User', { languageLabels: { de: 'Rückruf', en: 'Call back' } }))).toBe(
    'Call back',
  );
  expect(nameOf(definition('Busy', 'User', { languageLabels: { de: 'Rückruf' } }))).toBe('Rückruf');
});

it('says a failed change until the presence is read again', () => {
  expect(stillFailed({ status: 'error', submittedAt: 2000 }, 1000)).toBe(true);
  expect(stillFailed({ status: 'error', submittedAt: 2000 }, 3000)).toBe(false);
  expect(stillFailed({ status: 'success', submittedAt: 2000 }, 1000)).toBe(false);
});

it('makes whoever arrives offline available, unless they chose to be offline', () => {
  const definitions = [
    definition('Available', 'User', { id: 'own' }),
    definition('Available', 'System'),
    definition('Offline', 'System'),
  ];
  const at = (systemPresence: SystemPresence) => ({
    presenceDefinition: { id: systemPresence, systemPresence },
  });
  expect(arrivalOf(at('Offline'), definitions, undefined)).toBe('Available');
  expect(arrivalOf(at('Offline'), definitions, 'Offline')).toBe(null);
  expect(arrivalOf(at('Meal'), definitions, undefined)).toBe(null);
});

it('goes on queue by the organization’s own presence, never by one that somebody named', () => {
  const definitions = [definition('OnQueue', 'User', { id: 'own' }), definition('OnQueue', 'System')];
  expect(presenceFor(definitions, 'OnQueue')).toBe('OnQueue');
  expect(presenceFor(definitions.slice(0, 1), 'OnQueue')).toBeNull();
});
