import { describe, expect, it } from 'vitest';
import { type Block, blocksOf } from './reasonText';

const PAGES = import.meta.glob('../../../docs/why/*.md', {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>;

const wordsOf = (block: Block) =>
  block.kind === 'paragraph' ? block.parts.map(({ text }) => text).join('') : block.text;

describe('the page of a code', () => {
  it('is read block by block, without its title', () => {
    expect(
      blocksOf(
        '# A title\n\n`a.b`: it refuses\n(asked for: connect).\n\n## What lifts it\n\nSee [`c.d`](c.d.md).\n\n    PUT /x\n    GET /y\n',
      ),
    ).toEqual([
      {
        kind: 'paragraph',
        parts: [
          { kind: 'code', text: 'a.b' },
          { kind: 'text', text: ': it refuses (asked for: connect).' },
        ],
      },
      { kind: 'heading', text: 'What lifts it' },
      {
        kind: 'paragraph',
        parts: [
          { kind: 'text', text: 'See ' },
          { kind: 'reason', text: 'c.d', code: 'c.d' },
          { kind: 'text', text: '.' },
        ],
      },
      { kind: 'code', text: 'PUT /x\nGET /y' },
    ]);
  });

  it.each(Object.entries(PAGES))('leaves no sign of its making: %s', (_, text) => {
    const blocks = blocksOf(text);
    expect(blocks.filter(({ kind }) => kind === 'heading').length).toBeGreaterThan(1);
    for (const block of blocks) {
      if (block.kind !== 'code') expect(wordsOf(block)).not.toMatch(/[`#*]|\]\(|^[-|>] |^\d+\. /);
    }
  });

  it('leads to codes that have pages', () => {
    const codes = new Set(Object.keys(PAGES).map((path) => path.replace(/^.*\/|\.md$/g, '')));
    expect(codes.size).toBeGreaterThan(80);
    const parts = Object.values(PAGES)
      .flatMap(blocksOf)
      .flatMap((block) => (block.kind === 'paragraph' ? block.parts : []));
    const targets = parts.flatMap((part) => (part.kind === 'reason' ? [part.code] : []));
    expect(targets.length).toBeGreaterThan(10);
    expect(targets.filter((code) => !codes.has(code))).toEqual([]);
  });
});
