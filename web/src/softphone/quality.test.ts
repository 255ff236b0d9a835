import { expect, it } from 'vitest';
import { judgeLine, judgeQuality, qualityText, type Sample, sampleOf } from './quality';

const BEFORE: Sample = {
  at: 0,
  received: 0,
  lost: 0,
  jitterSeconds: 0.002,
  roundTripSeconds: 0.02,
  farLoss: 0,
};
const after = (change: Partial<Sample>) =>
  judgeQuality(BEFORE, { ...BEFORE, at: 2000, received: 100, ...change });

it('reads what comes in, what the far side reports, and the pair that is used', () => {
  const report = [
    { type: 'inbound-rtp', packetsReceived: 50, packetsLost: 1, jitter: 0.004 },
    { type: 'remote-inbound-rtp', fractionLost: 0.02, roundTripTime: 0.05 },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.03 },
    { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 },
    { type: 'codec' },
  ];
  const sample = { at: 7, received: 50, lost: 1, jitterSeconds: 0.004, farLoss: 0.02 };
  expect(sampleOf(report, 7)).toEqual({ ...sample, roundTripSeconds: 0.05 });
  expect(
    sampleOf(
      report.filter(({ type }) => type !== 'remote-inbound-rtp'),
      7,
    ),
  ).toEqual({
    ...sample,
    farLoss: null,
    roundTripSeconds: 0.03,
  });
});

it.each([
  ['Good', {}],
  ['Good', { received: 991, lost: 9 }],
  ['Fair', { received: 980, lost: 20 }],
  ['Fair', { jitterSeconds: 0.05 }],
  ['Fair', { roundTripSeconds: 0.4 }],
  ['Poor', { received: 90, lost: 10 }],
  ['Poor', { farLoss: 0.2 }],
  ['Poor', { roundTripSeconds: 0.8 }],
  ['No sound arrives', { received: 0 }],
] as const)('calls it %s with %o', (word, change) => {
  expect(after(change)?.word).toBe(word);
});

it('does not judge across a connection that was made anew, nor without time between', () => {
  expect(judgeQuality({ ...BEFORE, received: 500 }, { ...BEFORE, at: 2000, received: 10 })).toBeNull();
  expect(judgeQuality(BEFORE, BEFORE)).toBeNull();
});

it('judges another’s line by its mean opinion score', () => {
  const words = [4.4, 3.7, 2.1, null].map((mos) => judgeLine(mos)?.word ?? null);
  expect(words).toEqual(['Good', 'Fair', 'Poor', null]);
});

it('tells the numbers in words', () => {
  expect(qualityText(after({}) ?? expect.fail())).toBe('nothing lost, jitter 2 ms, round trip 20 ms');
  const lossy = after({ received: 996, lost: 4, jitterSeconds: null, roundTripSeconds: null });
  expect(qualityText(lossy ?? expect.fail())).toBe('0.4 % lost');
});
