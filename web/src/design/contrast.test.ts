import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const TOKENS = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);

/** Source: WCAG 2.2, relative luminance and contrast ratio. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string, theme: 'light' | 'dark'): number {
  const [a, b] = [one, other].map((name) => luminance(TOKENS.get(name)?.[theme] ?? ''));
  const [high, low] = [Math.max(a ?? 0, b ?? 0), Math.min(a ?? 0, b ?? 0)];
  return (high + 0.05) / (low + 0.05);
}

const TEXT = [
  ...['text', 'text-quiet', 'accent', 'good', 'wait', 'bad', 'off'].flatMap((text) => [
    [text, 'surface'],
    [text, 'ground'],
  ]),
  ['text', 'sunken'],
  ['text-quiet', 'sunken'],
  ['text', 'accent-soft'],
  ['text-quiet', 'accent-soft'],
  ['on-accent', 'accent'],
  ['on-accent', 'good'],
  ...['good', 'wait', 'bad', 'off', 'accent'].map((tone) => [tone, `${tone}-soft`]),
] as [string, string][];

const SHAPES = [
  ...[...TOKENS.keys()]
    .filter((name) => name?.startsWith('kind-'))
    .flatMap((kind) => [
      [kind, 'surface'],
      [kind, 'accent-soft'],
    ]),
  ['line-strong', 'surface'],
  ['now', 'surface'],
  ['accent', 'accent-soft'],
] as [string, string][];

it.each(TEXT)('text %s on %s has AA contrast in both themes', (text, ground) => {
  expect(contrast(text, ground, 'light')).toBeGreaterThanOrEqual(4.5);
  expect(contrast(text, ground, 'dark')).toBeGreaterThanOrEqual(4.5);
});

it.each(SHAPES)('shape %s stands out from %s in both themes', (shape, ground) => {
  expect(contrast(shape, ground, 'light')).toBeGreaterThanOrEqual(3);
  expect(contrast(shape, ground, 'dark')).toBeGreaterThanOrEqual(3);
});
