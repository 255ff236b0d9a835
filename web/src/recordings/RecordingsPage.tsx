import { Link } from '@tanstack/react-router';
import { Frame } from '../app/Frame';
import { Card, Skeleton } from '../design/components';
import { BatchesCard } from '../discovery/BatchesCard';
import { JobsCard } from '../discovery/JobsCard';
import { holds } from '../identity/permissions';
import { usePermissions } from '../identity/queries';
import { ImportsCard } from '../imports/ImportsCard';
import { QuarantineCard } from '../imports/QuarantineCard';
import { Missing } from '../team/Missing';
import { FoundCard } from './FoundCard';
import styles from './Governing.module.css';
import { PoliciesCard } from './PoliciesCard';
import { type Part, partsFor } from './parts';
import { ReasonsCard } from './ReasonsCard';
import { RetentionCard } from './RetentionCard';

export type May = (asked: string) => boolean;

/** Recordings of everybody: to be heard, what is recorded and for how long, what came from elsewhere, and what is done with many. */
export function RecordingsPage({ part }: { part: Part | null }) {
  const found = usePermissions();
  if (!found.data) {
    return (
      <Frame title="Recordings">
        {found.isError ? (
          <Missing what="Your permissions" error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Skeleton height="12rem" />
        )}
      </Frame>
    );
  }
  const may: May = (asked) => holds(found.data, asked);
  const parts = partsFor(found.data);
  const shown = parts.find(({ id }) => id === part) ?? parts[0];
  return (
    <Frame title="Recordings">
      {parts.length > 1 && (
        <nav aria-label="Parts of this page" className={styles.parts}>
          {parts.map(({ id, name }) => (
            <Link
              key={id}
              to="/recordings"
              search={{ part: id }}
              className={styles.part ?? ''}
              {...(id === shown?.id && { 'aria-current': 'page' as const })}
            >
              {name}
            </Link>
          ))}
        </nav>
      )}
      {shown === undefined ? (
        <Card title="Recordings" id="nothing">
          <p className={styles.quiet}>Your role lets you see nothing of this page.</p>
        </Card>
      ) : (
        <Shown part={shown.id} may={may} />
      )}
    </Frame>
  );
}

function Shown({ part, may }: { part: Part; may: May }) {
  switch (part) {
    case 'listen':
      return <FoundCard />;
    case 'policies':
      return (
        <>
          <PoliciesCard may={may} />
          <RetentionCard may={may} />
          {may('recording:recording:view') && <ReasonsCard may={may} />}
        </>
      );
    case 'imports':
      return (
        <>
          <ImportsCard may={may} />
          <QuarantineCard may={may} />
        </>
      );
    case 'jobs':
      return (
        <>
          <JobsCard may={may} />
          {may('recording:recording:view') && <BatchesCard />}
        </>
      );
  }
}
