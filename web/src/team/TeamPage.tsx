import { Frame } from '../app/Frame';
import { Card, Skeleton } from '../design/components';
import { SelectField } from '../design/fields';
import type { ManagementUnit } from '../wire/api';
import { AdherenceBoard } from './AdherenceBoard';
import { ClaimReviews } from './ClaimReviews';
import { Missing } from './Missing';
import { useUnits } from './queries';
import { RingReviews } from './RingReviews';
import styles from './Team.module.css';
import { TimeOffReviews } from './TimeOffReviews';
import { TradeReviews } from './TradeReviews';

export interface TeamPageProps {
  /** Null for the first unit that may be seen. */
  unitId: string | null;
  onUnit: (unitId: string) => void;
}

/** What waits for whoever leads a team, and how the team's agents keep to their schedule. */
export function TeamPage({ unitId, onUnit }: TeamPageProps) {
  const units = useUnits();
  const unit = units.data?.find(({ id }) => id === unitId) ?? units.data?.[0];
  return (
    <Frame title="Your team">
      {unit && units.data ? (
        <>
          {units.data.length > 1 && (
            <div className={styles.unit}>
              <SelectField
                label="Management unit"
                choices={units.data.map(({ id, name }) => ({ id, name }))}
                chosen={unit.id}
                onChoose={onUnit}
              />
            </div>
          )}
          <Team key={unit.id} unit={unit} />
        </>
      ) : (
        <Card title="Your team" id="team">
          {units.isError ? (
            <Missing what="Your units" error={units.error} onRetry={() => void units.refetch()} />
          ) : units.data ? (
            <p className={styles.quiet}>There is no management unit that you may see into.</p>
          ) : (
            <Skeleton height="6rem" />
          )}
        </Card>
      )}
    </Frame>
  );
}

function Team({ unit }: { unit: ManagementUnit }) {
  return (
    <>
      <TradeReviews unit={unit} />
      <RingReviews unit={unit} />
      <ClaimReviews unit={unit} />
      <TimeOffReviews unit={unit} />
      <AdherenceBoard unit={unit} />
    </>
  );
}
