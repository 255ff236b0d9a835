import { describe, expect, it } from 'vitest';
import type { Import, ImportProblem } from '../wire/api';
import {
  acceptable,
  askedFields,
  importChip,
  importOf,
  importText,
  isHopeless,
  NO_IMPORT,
  repairOf,
  reportRows,
  valueText,
} from './imports';

const each = (change: Partial<Import>): Import => ({
  ...{ id: 'i-1', folder: 'old', reason: 'import', timeZone: null, organizationIds: [], repair: true },
  ...{ state: 'done', startedBy: 'u-1', dateStarted: '2023-10-27T11:00:00Z', dateEnded: null },
  ...{ total: 100, done: 40, received: 35, known: 4, adopted: 30, refused: 1, problem: null, selfUri: '' },
  ...change,
});
const problem = (change: Partial<ImportProblem>): ImportProblem => ({
  ...{ rule: 'start.missing', sentence: 'There is no start.', field: 'startTime' },
  ...{ found: null, corrected: null, open: true },
  ...change,
});

describe('an import', () => {
  it('tells how far it is, and what became of what it looked at', () => {
    expect(importText(each({}))).toBe(
      '40 of 100 looked at: 30 became recordings, 5 wait, 4 came before, 1 was not kept.',
    );
    expect(importText(each({ done: 1, total: 1, received: 1, known: 0, adopted: 1, refused: 0 }))).toBe(
      '1 of 1 looked at: 1 became a recording, 0 wait, 0 were not kept.',
    );
  });

  it('does not pass for read when it stopped', () => {
    expect(importChip(each({ state: 'running' })).text).toBe('Being read');
    expect(importChip(each({})).text).toBe('Read');
    expect(importChip(each({ problem: 'The folder is gone.' }))).toEqual({ tone: 'bad', text: 'Stopped' });
  });

  it('is asked for with what was typed, and nothing that was not', () => {
    expect(importOf({ ...NO_IMPORT, folder: ' old ' })).toEqual({ folder: 'old', repair: true });
    expect(importOf({ ...NO_IMPORT, folder: 'old', organizationIds: 'a, b', repair: false })).toEqual({
      folder: 'old',
      repair: false,
      organizationIds: ['a', 'b'],
    });
  });

  it('counts each kind before and after, also one that the report does not have', () => {
    const rows = reportRows({ counts: { null: { before: 3, after: 1 } } });
    expect(rows.map(({ name, before, after }) => [name, before, after])).toEqual([
      ['Missing', 3, 1],
      ['Contradictory', 0, 0],
      ['Wrongly offset', 0, 0],
      ['Other', 0, 0],
    ]);
  });
});

describe('an item that waits', () => {
  it('asks for the fields that are open, and for none that was corrected', () => {
    const problems = [
      problem({}),
      problem({ field: 'endTime', open: false }),
      problem({ rule: 'media.truncated', field: 'media' }),
    ];
    expect(askedFields({ problems })).toEqual(['startTime']);
    expect(acceptable({ problems }).map(({ rule }) => rule)).toEqual(['media.truncated']);
  });

  it('asks for everything where the file of metadata is missing', () => {
    const problems = [problem({ rule: 'metadata.missing', field: 'metadata' })];
    expect(askedFields({ problems })).toContain('conversationId');
  });

  it('says when no recording can follow', () => {
    expect(isHopeless({ problems: [problem({ rule: 'media.missing' })] })).toBe(true);
    expect(isHopeless({ problems: [problem({ rule: 'media.missing', open: false })] })).toBe(false);
  });

  it('is repaired with what was typed alone, and with a reason', () => {
    expect(repairOf({ startTime: '  ' }, [], 'log')).toEqual({ missing: 'all' });
    expect(repairOf({ startTime: 'x' }, [], ' ')).toEqual({ missing: 'reason' });
    expect(repairOf({ startTime: ' x ', divisionIds: 'a b' }, ['media.short'], 'log')).toEqual({
      reason: 'log',
      corrections: { startTime: 'x', divisionIds: ['a', 'b'] },
      accept: ['media.short'],
    });
  });

  it('shows values as the file has them', () => {
    expect([valueText(null), valueText('x'), valueText(['a']), valueText(3)]).toEqual([
      'nothing',
      'x',
      '["a"]',
      '3',
    ]);
  });
});
