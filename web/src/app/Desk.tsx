import { useMe } from '../identity/queries';
import { PresenceCard } from '../presence/PresenceCard';
import { RecordingsCard } from '../recordings/RecordingsCard';
import { TimeOffCard } from '../schedule/TimeOffCard';
import { WeekCard, type WeekCardProps } from '../schedule/WeekCard';
import { SoftphoneCard } from '../softphone/SoftphoneCard';
import styles from './app.module.css';
import { TopBar } from './TopBar';

/** An agent's page: may I work, am I reachable, and when. */
export function Desk(props: WeekCardProps) {
  const name = useMe().data?.name;
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <TopBar />
      <main id="main" tabIndex={-1} className={styles.desk}>
        <h1 className="visually-hidden">{name ? `${name}'s desk` : 'Your desk'}</h1>
        <div className={styles.state}>
          <SoftphoneCard />
          <PresenceCard />
        </div>
        <WeekCard {...props} />
        <RecordingsCard />
        <TimeOffCard />
      </main>
    </>
  );
}
