import { useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { Frame } from '../app/Frame';
import { Skeleton } from '../design/components';
import { holds } from '../identity/permissions';
import { useMe, usePermissions } from '../identity/queries';
import { Missing } from '../team/Missing';
import type { Me } from '../wire/api';
import styles from './Asking.module.css';
import { AssertionsCard } from './AssertionsCard';
import { PARTS, type PartId, type WhySearch } from './asking';
import { ChangedPart } from './ChangedPart';
import { useAskAgain, useZones } from './queries';
import { RulePart } from './shiftrule/RulePart';
import { TrialCard } from './TrialCard';
import { WhyCard } from './WhyCard';

const VIEW = 'access:decision:view';

interface WhyPageProps {
  search: WhySearch;
  onSearch: (search: WhySearch) => void;
}

/** Why somebody may or may not, what changed that, and what would. Everybody may ask about themselves. */
export function WhyPage(props: WhyPageProps) {
  const me = useMe();
  const permissions = usePermissions();
  const { zone, theirs } = useZones(props.search.user);
  const trouble = me.isError ? me : permissions.isError ? permissions : null;
  return (
    <Frame title="Why">
      {me.data && permissions.data && zone !== null ? (
        <Parts {...props} me={me.data} held={permissions.data} zones={{ zone, theirs }} />
      ) : trouble?.error ? (
        <Missing what="Your account" error={trouble.error} onRetry={() => void trouble.refetch()} />
      ) : (
        <Skeleton height="16rem" />
      )}
    </Frame>
  );
}

function Parts(
  props: WhyPageProps & {
    me: Me;
    held: readonly string[];
    zones: { zone: string; theirs: string | null };
  },
) {
  const { search, onSearch, me, held, zones } = props;
  const { zone, theirs } = zones;
  const [wanted, setWanted] = useState<string | null>(null);
  const askAgain = useAskAgain();
  const may = (asked: string) => holds(held, asked);
  const parts = PARTS.filter(({ asked }) => asked.length === 0 || asked.some(may));
  const part = parts.find(({ id }) => id === search.part)?.id ?? 'why';
  const asking = {
    asked: search,
    zone: wanted !== null && wanted === theirs ? wanted : zone,
    zones,
    onZone: setWanted,
    mayAskOfOthers: may(VIEW),
    me: { id: me.id, name: me.name },
    onAsk: (asked: WhySearch) => {
      const next = { ...(part !== 'why' && { part }), ...asked };
      void askAgain(isSame(next, search));
      onSearch(next);
    },
  };
  return (
    <Tabs
      className={styles.tabs ?? ''}
      selectedKey={part}
      onSelectionChange={(id) => onSearch({ ...search, part: id as PartId })}
    >
      <TabList aria-label="Parts of this page" className={styles.tabList ?? ''}>
        {parts.map(({ id, name }) => (
          <Tab key={id} id={id} className={styles.tab ?? ''}>
            {name}
          </Tab>
        ))}
      </TabList>
      <TabPanel id="why" className={styles.tabPanel ?? ''}>
        <WhyCard {...asking} />
      </TabPanel>
      <TabPanel id="changed" className={styles.tabPanel ?? ''}>
        <ChangedPart {...asking} />
      </TabPanel>
      {may(VIEW) && (
        <TabPanel id="what-if" className={styles.tabPanel ?? ''}>
          <TrialCard zone={zone} />
          <AssertionsCard zone={zone} mayEdit={may('access:assertion:edit')} />
        </TabPanel>
      )}
      {parts.some(({ id }) => id === 'shift-rule') && (
        <TabPanel id="shift-rule" className={styles.tabPanel ?? ''}>
          <RulePart zone={zone} may={may} />
        </TabPanel>
      )}
    </Tabs>
  );
}

function isSame(one: WhySearch, other: WhySearch): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof WhySearch>;
  return [...names].every((name) => one[name] === other[name]);
}
