import { describe, expect, it } from 'vitest';
import type { LegalExport, Matter } from '../wire/api';
import { exportOf, exportText, NO_EXPORT } from './exports';

const matter = { id: 'm-1', name: 'Park v. Northwind' } as Matter;
const typed = { ...NO_EXPORT, matterId: 'm-1', folder: 'park-1', reason: 'Ordered' };

describe('an export as it is typed', () => {
  it('takes what a matter holds, under its name', () => {
    expect(exportOf(typed, [matter])).toEqual({
      matterName: 'Park v. Northwind',
      matterId: 'm-1',
      reason: 'Ordered',
      selection: { matterId: 'm-1' },
      destination: { type: 'zip', name: 'park-1' },
    });
  });

  it('takes conversations of a time without a matter that is kept here', () => {
    const wanted = {
      ...typed,
      matterId: '',
      name: 'Old case',
      from: '2023-10-27T00:00',
      until: '2023-10-28T00:00',
    };
    expect(exportOf(wanted, [matter])).toMatchObject({
      matterName: 'Old case',
      selection: { interval: '2023-10-27T00:00:00Z/2023-10-28T00:00:00Z' },
    });
  });

  it('says what is missing', () => {
    const missing = (change: Partial<typeof typed>) => exportOf({ ...typed, ...change }, [matter]);
    expect(missing({ matterId: '' })).toMatch(/which matter/);
    expect(missing({ matterId: '', name: 'Old case' })).toMatch(/which conversations/);
    expect(missing({ from: '2023-10-27T00:00' })).toMatch(/beginning and its end/);
    expect(missing({ from: '2023-10-28T00:00', until: '2023-10-27T00:00' })).toMatch(/end after/);
    expect(missing({ folder: ' ' })).toMatch(/called/);
    expect(missing({ reason: ' ' })).toMatch(/why/);
  });
});

describe('an export under way', () => {
  const at = (stored: number, total: number, status: LegalExport['status']) =>
    exportText({ objects: { stored, total }, bytes: { stored: 0, total: 2_000_000 }, status } as LegalExport);

  it('is told by what is stored, and by what it comes to once it is sealed', () => {
    expect(at(0, 0, 'running')).toBe('Nothing is stored yet');
    expect(at(1, 40, 'paused')).toBe('1 of 40 objects, 2.0 MB stored');
    expect(at(40, 40, 'sealed')).toBe('40 objects, 2.0 MB');
  });
});
