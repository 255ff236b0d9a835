/** A part of a line: as it stands, set as code, or leading to the page of another code. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'reason'; text: string; code: string };

export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'paragraph'; parts: Inline[] }
  | { kind: 'code'; text: string };

/** The page of a code, which is Markdown of headings, paragraphs, indented code, code in a line and links, and nothing else; without its title. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  for (const chunk of markdown.split(/\n{2,}/)) {
    const text = chunk.replace(/^\n+|\s+$/g, '');
    if (text === '' || text.startsWith('# ')) continue;
    if (text.startsWith('## ')) blocks.push({ kind: 'heading', text: text.slice(3) });
    else if (text.startsWith('    ')) blocks.push({ kind: 'code', text: text.replaceAll(/^ {4}/gm, '') });
    else blocks.push({ kind: 'paragraph', parts: inlinesOf(text.replaceAll('\n', ' ')) });
  }
  return blocks;
}

const MARKED = /`([^`]+)`|\[([^\]]+)\]\(([\w.]+)\.md\)/g;

function inlinesOf(text: string): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  for (const found of text.matchAll(MARKED)) {
    const [whole, code, label, target] = found;
    if (found.index > from) parts.push({ kind: 'text', text: text.slice(from, found.index) });
    if (code !== undefined) parts.push({ kind: 'code', text: code });
    else parts.push({ kind: 'reason', text: (label ?? '').replaceAll('`', ''), code: target ?? '' });
    from = found.index + whole.length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}
