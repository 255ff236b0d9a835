import { describe, expect, it } from 'vitest';
import { sizeText, toneOf, verdictText } from './report';

describe('a report', () => {
  it('tells sizes as disks count them', () => {
    expect([0, 999, 1000, 1_540_000, 150_000_000].map(sizeText)).toEqual([
      '0 bytes',
      '999 bytes',
      '1.0 kB',
      '1.5 MB',
      '150 MB',
    ]);
  });

  it('never shows what is not proven as if it held', () => {
    expect(['holds', 'fails', 'unproven'].map((each) => [verdictText(each), toneOf(each)])).toEqual([
      ['Holds', 'good'],
      ['Fails', 'bad'],
      ['Not proven', 'wait'],
    ]);
  });
});
