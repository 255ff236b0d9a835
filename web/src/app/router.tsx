import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Link,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { searchOf, type WhySearch } from '../access/asking';
import { SignIn, SignInTrouble, SigningIn } from '../identity/SignIn';
import { isPart, type Part } from '../recordings/parts';
import { isDate } from '../schedule/dates';
import styles from './app.module.css';
import { Desk } from './Desk';
import { type Services, useIdentity } from './services';

// Who leads no team, plans nothing and keeps no records never loads them.
const SchedulePage = lazy(async () => ({
  default: (await import('../publishing/SchedulePage')).SchedulePage,
}));
const RecordingsPage = lazy(async () => ({
  default: (await import('../recordings/RecordingsPage')).RecordingsPage,
}));
const LegalPage = lazy(async () => ({ default: (await import('../legal/LegalPage')).LegalPage }));
const VerifyPage = lazy(async () => ({ default: (await import('../discovery/VerifyPage')).VerifyPage }));
const WhyPage = lazy(async () => ({ default: (await import('../access/WhyPage')).WhyPage }));
const ReasonsPage = lazy(async () => ({ default: (await import('../access/ReasonsPage')).ReasonsPage }));
const ReasonPage = lazy(async () => ({ default: (await import('../access/ReasonsPage')).ReasonPage }));
const TeamPage = lazy(async () => ({ default: (await import('../team/TeamPage')).TeamPage }));

const rootRoute = createRootRouteWithContext<Services>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

export interface DeskSearch {
  /** A date of the week to show; absent for the present one. */
  week?: string;
}

const deskRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: (search: Record<string, unknown>): DeskSearch =>
    isDate(search.week) ? { week: search.week } : {},
  component: DeskOrSignIn,
});

export interface TeamSearch {
  /** The id of a management unit; absent for the first one that may be seen. */
  unit?: string;
}

const teamRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/team',
  validateSearch: (search: Record<string, unknown>): TeamSearch =>
    typeof search.unit === 'string' ? { unit: search.unit } : {},
  component: TeamOrSignIn,
});

export interface ScheduleSearch extends TeamSearch {
  /** A date of the week to show; absent for the present one. */
  week?: string;
}

const scheduleRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/schedule',
  validateSearch: ({ unit, week }: Record<string, unknown>): ScheduleSearch => ({
    ...(typeof unit === 'string' && { unit }),
    ...(isDate(week) && { week }),
  }),
  component: ScheduleOrSignIn,
});

export interface RecordingsSearch {
  /** Which part of the page to show; absent for the first one that may be seen. */
  part?: Part;
}

const recordingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/recordings',
  validateSearch: ({ part }: Record<string, unknown>): RecordingsSearch => (isPart(part) ? { part } : {}),
  component: RecordingsOrSignIn,
});

const legalRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/legal',
  component: LegalOrSignIn,
});

const verifyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/verify',
  component: VerifyOrSignIn,
});

const whyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/why',
  validateSearch: (search: Record<string, unknown>): WhySearch => searchOf(search),
  component: WhyOrSignIn,
});

const reasonsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/why/reasons',
  validateSearch: ({ q }: Record<string, unknown>): { q?: string } =>
    typeof q === 'string' && q !== '' ? { q } : {},
  component: ReasonsOrSignIn,
});

const reasonRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/why/reasons/$code',
  component: ReasonOrSignIn,
});

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/signed-in',
  beforeLoad: async ({ context }) => {
    const returnTo = await context.identity.complete(new URLSearchParams(window.location.search));
    throw redirect({ href: returnTo, replace: true });
  },
  pendingComponent: SigningIn,
  pendingMs: 0,
  errorComponent: ({ error }) => (
    <SignInTrouble error={error instanceof Error ? error : new Error(String(error))} />
  ),
});

export function createPageRouter(services: Services) {
  return createRouter({
    routeTree: rootRoute.addChildren([
      deskRoute,
      teamRoute,
      scheduleRoute,
      recordingsRoute,
      legalRoute,
      verifyRoute,
      whyRoute,
      reasonsRoute,
      reasonRoute,
      signedInRoute,
    ]),
    context: services,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPageRouter>;
  }
}

function DeskOrSignIn() {
  const state = useIdentity();
  const { week } = deskRoute.useSearch();
  const navigate = deskRoute.useNavigate();
  if (state.token === null) return <SignIn reason={state.reason} />;
  return (
    <Desk
      week={week ?? null}
      onWeek={(next) => void navigate({ search: next === null ? {} : { week: next }, resetScroll: false })}
    />
  );
}

function TeamOrSignIn() {
  const state = useIdentity();
  const { unit } = teamRoute.useSearch();
  const navigate = teamRoute.useNavigate();
  if (state.token === null) return <SignIn reason={state.reason} />;
  return (
    <Suspense>
      <TeamPage
        unitId={unit ?? null}
        onUnit={(next) => void navigate({ search: { unit: next }, resetScroll: false })}
      />
    </Suspense>
  );
}

function ScheduleOrSignIn() {
  const state = useIdentity();
  const { unit, week } = scheduleRoute.useSearch();
  const navigate = scheduleRoute.useNavigate();
  if (state.token === null) return <SignIn reason={state.reason} />;
  const go = (search: ScheduleSearch) => void navigate({ search, resetScroll: false });
  return (
    <Suspense>
      <SchedulePage
        unitId={unit ?? null}
        week={week ?? null}
        onUnit={(next) => go({ unit: next, ...(week && { week }) })}
        onWeek={(next) => go({ ...(unit && { unit }), ...(next && { week: next }) })}
      />
    </Suspense>
  );
}

function RecordingsOrSignIn() {
  const state = useIdentity();
  const { part } = recordingsRoute.useSearch();
  if (state.token === null) return <SignIn reason={state.reason} />;
  return (
    <Suspense>
      <RecordingsPage part={part ?? null} />
    </Suspense>
  );
}

function LegalOrSignIn() {
  const state = useIdentity();
  if (state.token === null) return <SignIn reason={state.reason} />;
  return (
    <Suspense>
      <LegalPage />
    </Suspense>
  );
}

function VerifyOrSignIn() {
  const state = useIdentity();
  if (state.token === null) return <SignIn reason={state.reason} />;
  return (
    <Suspense>
      <VerifyPage />
    </Suspense>
  );
}

function WhyOrSignIn() {
  const state = useIdentity();
  const search = whyRoute.useSearch();
  const navigate = whyRoute.useNavigate();
  if (state.token === null) return <SignIn reason={state.reason} />;
  return (
    <Suspense>
      <WhyPage search={search} onSearch={(next) => void navigate({ search: next, resetScroll: false })} />
    </Suspense>
  );
}

function ReasonsOrSignIn() {
  const state = useIdentity();
  const { q } = reasonsRoute.useSearch();
  const navigate = reasonsRoute.useNavigate();
  if (state.token === null) return <SignIn reason={state.reason} />;
  return (
    <Suspense>
      <ReasonsPage
        words={q ?? ''}
        onWords={(words) =>
          void navigate({ search: words === '' ? {} : { q: words }, replace: true, resetScroll: false })
        }
      />
    </Suspense>
  );
}

function ReasonOrSignIn() {
  const state = useIdentity();
  const { code } = reasonRoute.useParams();
  if (state.token === null) return <SignIn reason={state.reason} />;
  return (
    <Suspense>
      <ReasonPage code={code} />
    </Suspense>
  );
}

function NotFound() {
  return (
    <main className={styles.alone}>
      <h1>There is no such page</h1>
      <p>
        <Link to="/">Go to your desk</Link>
      </p>
    </main>
  );
}
