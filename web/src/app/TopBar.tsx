import { Link, useNavigate } from '@tanstack/react-router';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { Skeleton } from '../design/components';
import { Icon } from '../design/icons';
import { dayAndTime, placeOf } from '../foundation/time';
import {
  explainsAccess,
  governsRecordings,
  keepsRecords,
  leadsTeam,
  plansSchedules,
  verifiesPackages,
} from '../identity/permissions';
import { useMe, usePermissions } from '../identity/queries';
import { useUnit } from '../schedule/queries';
import styles from './app.module.css';
import { useNow, useServices } from './services';

export function TopBar() {
  return (
    <header className={styles.bar}>
      <div className={styles.barInner}>
        <Wordmark />
        <Pages />
        <AppClock />
        <Person />
      </div>
    </header>
  );
}

export function Wordmark() {
  return (
    <span className={styles.wordmark}>
      <img src="/favicon.svg" alt="" width={24} height={24} />
      <span className={styles.product}>Shiftline</span>
    </span>
  );
}

const PAGES = [
  { to: '/team', name: 'Team', isFor: leadsTeam },
  { to: '/schedule', name: 'Schedule', isFor: plansSchedules },
  { to: '/recordings', name: 'Recordings', isFor: governsRecordings },
  { to: '/legal', name: 'Legal', isFor: keepsRecords },
  { to: '/verify', name: 'Verify', isFor: verifiesPackages },
  { to: '/why', name: 'Why', isFor: explainsAccess },
] as const;

/** Where whoever leads a team, plans or keeps records goes; nobody else has anywhere else to go. */
function Pages() {
  const permissions = usePermissions().data ?? [];
  const pages = PAGES.filter(({ isFor }) => isFor(permissions));
  if (pages.length === 0) return null;
  return (
    <nav aria-label="Pages" className={styles.pages}>
      <Link to="/" activeOptions={{ exact: true, includeSearch: false }} className={styles.page ?? ''}>
        Desk
      </Link>
      {pages.map(({ to, name }) => (
        <Link key={to} to={to} activeOptions={{ includeSearch: false }} className={styles.page ?? ''}>
          {name}
        </Link>
      ))}
    </nav>
  );
}

/** The application's time, which is not always the time of this computer. */
function AppClock() {
  const { clock } = useServices();
  const now = useNow(1000);
  const zone = useUnit().data?.timeZone;
  if (!clock.known() || !zone) return <span className={styles.clock} />;
  return (
    <time className={styles.clock} dateTime={new Date(now).toISOString()}>
      {dayAndTime(now, zone)} <span className={styles.place}>{placeOf(zone)}</span>
    </time>
  );
}

function Person() {
  const { api, identity } = useServices();
  const navigate = useNavigate();
  const query = useMe();
  const me = query.data;
  const signOut = async () => {
    // The token is dropped here in any case; it also expires by itself.
    await api.delete('/tokens/me').catch(() => undefined);
    identity.drop('signed-out');
  };
  // Who may do nothing else may still sign out.
  if (query.isPending) return <Skeleton width="8rem" height="2.25rem" />;
  return (
    <MenuTrigger>
      <Button className={styles.person ?? ''}>
        <Icon name="person" /> <span className={styles.name}>{me?.name ?? 'Account'}</span>{' '}
        <Icon name="down" size={16} />
      </Button>
      <Popover className={styles.menu ?? ''} placement="bottom end">
        {me?.email && <p className={styles.email}>{me.email}</p>}
        <Menu
          aria-label="Account"
          className={styles.menuItems ?? ''}
          onAction={(key) => void (key === 'access' ? navigate({ to: '/why' }) : signOut())}
        >
          <MenuItem id="access" className={styles.menuItem ?? ''}>
            Your access
          </MenuItem>
          <MenuItem id="sign-out" className={styles.menuItem ?? ''}>
            Sign out
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
