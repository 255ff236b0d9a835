import { useMe } from '../identity/queries';
import { WrittenCard } from '../messaging/WrittenCard';
import { PresenceCard } from '../presence/PresenceCard';
import { RecordingsCard } from '../recordings/RecordingsCard';
import { TimeOffCard } from '../schedule/TimeOffCard';
import { WeekCard, type WeekCardProps } from '../schedule/WeekCard';
import { SoftphoneCard } from '../softphone/SoftphoneCard';
import { useMyTrades } from '../trades/queries';
import { ShiftTrade } from '../trades/ShiftTrade';
import { TradesCard } from '../trades/TradesCard';
import { tradeOf } from '../trades/trades';
import styles from './app.module.css';
import { Frame } from './Frame';

/** An agent's page: may I work, am I reachable, and when. */
export function Desk(props: WeekCardProps) {
  const name = useMe().data?.name;
  const trades = useMyTrades().data;
  return (
    <Frame title={name ? `${name}'s desk` : 'Your desk'}>
      <div className={styles.state}>
        <SoftphoneCard />
        <PresenceCard />
      </div>
      <WrittenCard />
      <WeekCard
        {...props}
        besideShift={(shift) => <ShiftTrade key={shift.id} shift={shift} />}
        markOf={({ id }) => (tradeOf(id, trades ?? []) ? 'In trade' : null)}
      />
      <TradesCard />
      <TimeOffCard />
      <RecordingsCard />
    </Frame>
  );
}
