import { expect, it } from 'vitest';
import type { PresenceDefinition } from '../wire/api';
import { nameOf, orderDefinitions } from './presence';

it('orders presences as a day uses them, without those that nobody may choose', () => {
  const definitions: PresenceDefinition[] = [
    { id: '1', type: 'System', systemPresence: 'Offline' },
    { id: '2', type: 'System', systemPresence: 'Idle' },
    { id: '3', type: 'User', systemPresence: 'Busy', name: 'Coaching' },
    { id: '4', type: 'System', systemPresence: 'Busy', languageLabels: { en_US: 'Busy' } },
    { id: '5', type: 'System', systemPresence: 'OnQueue' },
    { id: '6', type: 'User', systemPresence: 'Break', name: 'Old', deactivated: true },
  ];
  expect(orderDefinitions(definitions).map(nameOf)).toEqual(['On queue', 'Busy', 'Coaching', 'Offline']);
});
