import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Frame } from '../app/Frame';
import { Card, Skeleton } from '../design/components';
import { SearchBox } from '../design/fields';
import { Refusal } from '../foundation/api';
import { Missing } from '../team/Missing';
import { CodeLink } from './CodeLink';
import { useReason, useReasons } from './queries';
import styles from './Reasons.module.css';
import { type Block, blocksOf, type Inline } from './reasonText';

/** All codes of decisions, or those in whose pages some words stand. */
export function ReasonsPage({ words, onWords }: { words: string; onWords: (words: string) => void }) {
  const [typed, setTyped] = useState(words);
  const found = useReasons(typed);
  const reasons = found.data ?? [];
  return (
    <Frame title="Reasons">
      <Card title="Reasons" id="reasons">
        <div className={styles.search}>
          <SearchBox
            label="Words in their pages"
            value={typed}
            onChange={(text) => {
              setTyped(text);
              onWords(text.trim());
            }}
          />
        </div>
        {found.isError && !found.isFetching ? (
          <Missing what="The reasons" error={found.error} onRetry={() => void found.refetch()} />
        ) : !found.data ? (
          <Skeleton height="20rem" />
        ) : (
          <>
            <p role="status" className={styles.quiet}>
              {countText(reasons.length, typed)}
            </p>
            <ul className={styles.list} aria-label="Reasons">
              {reasons.map(({ code, title, effect }) => (
                <li key={code} className={styles.line}>
                  <span className={styles.title}>{title}</span>
                  <CodeLink code={code} />
                  <span className={styles.quiet}>{capital(effect)}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Card>
    </Frame>
  );
}

function countText(count: number, typed: string): string {
  if (typed.trim() === '') return `Every decision names its reasons by these ${count} codes.`;
  return count === 0
    ? 'No page has all of these words.'
    : `${count === 1 ? 'One page has' : `${count} pages have`} all of these words.`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** What a code means, how it comes about, what lifts it and what does not, as the server tells it. */
export function ReasonPage({ code }: { code: string }) {
  const found = useReason(code);
  return (
    <Frame title="Reason">
      <Card
        title={found.data?.title ?? code}
        id="reason"
        actions={<Link to="/why/reasons">All reasons</Link>}
      >
        {found.error instanceof Refusal && found.error.status === 404 ? (
          <p role="status">{found.error.message}</p>
        ) : found.isError && !found.isFetching ? (
          <Missing what="This reason" error={found.error} onRetry={() => void found.refetch()} />
        ) : !found.data ? (
          <Skeleton height="20rem" />
        ) : (
          <article className={styles.text}>
            {blocksOf(found.data.text).map((block, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a page's blocks are read once, and in their order.
              <OneBlock key={index} block={block} />
            ))}
          </article>
        )}
      </Card>
    </Frame>
  );
}

function OneBlock({ block }: { block: Block }) {
  switch (block.kind) {
    case 'heading':
      return <h3>{block.text}</h3>;
    case 'code':
      return <pre className={styles.code}>{block.text}</pre>;
    default:
      return (
        <p>
          {block.parts.map((part, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <OnePart key={index} part={part} />
          ))}
        </p>
      );
  }
}

function OnePart({ part }: { part: Inline }) {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'code') return <code>{part.text}</code>;
  return part.text === part.code ? (
    <CodeLink code={part.code} />
  ) : (
    <Link to="/why/reasons/$code" params={{ code: part.code }}>
      {part.text}
    </Link>
  );
}
