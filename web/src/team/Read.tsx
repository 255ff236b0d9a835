import type { ReactNode } from 'react';
import { Skeleton } from '../design/components';
import { Missing } from './Missing';

/** What is read from the server: its place while it comes, why it did not come, or itself. What was read before stays through trouble. */
export function Read<Data>(props: {
  what: string;
  found: { data: Data | undefined; error: Error | null; refetch: () => unknown };
  height: string;
  children: (data: Data) => ReactNode;
}) {
  const { data, error, refetch } = props.found;
  if (data !== undefined) return props.children(data);
  if (error === null) return <Skeleton height={props.height} />;
  return <Missing what={props.what} error={error} onRetry={() => void refetch()} />;
}
