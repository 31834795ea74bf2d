// The frame around all pages: navigation, the cluster's clock, live state, the stop switch, who is signed in.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { get, rememberSession } from './api/client';
import { useLive, useLiveState } from './api/live';
import type { Overview as OverviewData, Session } from './api/types';
import { Boundary } from './components/boundary';
import { Failure, Icon, SkeletonLines, type IconName } from './components/parts';
import { PauseSwitch } from './components/pause';
import { Toasts } from './components/toast';
import { clusterNow, clusterSpeed, useClusterNow } from './lib/clock';
import * as format from './lib/format';
import { Link, usePath } from './lib/router';
import { toggleTheme, useTheme } from './lib/theme';
import { Events } from './pages/events';
import { Health } from './pages/health';
import { Overview } from './pages/overview';
import { Policies } from './pages/policies';
import { signOut, SignIn, useLinkToken } from './pages/sign-in';
import { Workload } from './pages/workload';
import { Workloads } from './pages/workloads';

const pages: [string, string, IconName][] = [
  ['/', 'Overview', 'overview'],
  ['/workloads', 'Workloads', 'workloads'],
  ['/policies', 'Policies', 'policies'],
  ['/events', 'Events', 'events'],
  ['/health', 'Health', 'health'],
];

const isHere = (path: string, href: string) => (href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`));

export const useSession = () =>
  useQuery({
    queryKey: ['session'],
    queryFn: async ({ signal }) => {
      const session = await get<Session>('/session', {}, signal);
      rememberSession(session);
      return session;
    },
  });

export function App() {
  const signingIn = useLinkToken();
  const session = useSession();
  const client = useQueryClient();
  const allowed = session.data != null && session.data.role !== 'nobody';
  useLive(client, allowed);
  const path = usePath();

  useEffect(() => {
    const page = pages.find(([href]) => isHere(path, href));
    document.title = page ? `${page[1]} · ScaleOps` : 'ScaleOps';
  }, [path]);

  if (signingIn || session.isPending) return <Splash />;
  if (session.isError && !session.data) {
    return (
      <main className="alone">
        <Failure error={session.error} retry={() => void session.refetch()} />
      </main>
    );
  }
  if (!allowed)
    return (
      <>
        <SignIn />
        <Toasts />
      </>
    );
  return (
    <div className="frame">
      <a className="skip" href="#content">
        Skip to content
      </a>
      <nav className="side" aria-label="Main">
        <Link href="/" className="brand" aria-label="ScaleOps, overview">
          <Logo />
          <span>ScaleOps</span>
        </Link>
        <ul>
          {pages.map(([href, text, icon]) => (
            <li key={href}>
              <Link href={href} className="nav-link" aria-current={isHere(path, href) ? 'page' : undefined}>
                <Icon name={icon} size={20} />
                <span>{text}</span>
              </Link>
            </li>
          ))}
        </ul>
        <div className="side-foot">
          <Account session={session.data!} />
        </div>
      </nav>
      <div className="body">
        <TopBar session={session.data!} />
        <Gone />
        <main id="content" tabIndex={-1}>
          <Boundary key={path}>
            <Page path={path} />
          </Boundary>
        </main>
      </div>
      <Toasts />
    </div>
  );
}

function Page({ path }: { path: string }) {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  if (parts.length === 0) return <Overview />;
  if (parts[0] === 'workloads' && parts.length === 1) return <Workloads />;
  if (parts[0] === 'workloads' && parts.length === 4) return <Workload key={path} id={parts.slice(1).join('/')} />;
  if (parts[0] === 'policies') return <Policies />;
  if (parts[0] === 'events') return <Events />;
  if (parts[0] === 'health') return <Health />;
  return (
    <div className="empty">
      <strong>There is no such page</strong>
      <p>
        Back to the <Link href="/">overview</Link>.
      </p>
    </div>
  );
}

function TopBar({ session }: { session: Session }) {
  const now = useClusterNow();
  const live = useLiveState();
  const theme = useTheme();
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => get<OverviewData>('/overview', {}, signal),
  });
  const speed = clusterSpeed();
  const words = { open: 'Live', connecting: 'Connecting', lost: 'Reconnecting' }[live];
  return (
    <header className="top">
      <Link href="/" className="brand brand-small" aria-label="ScaleOps, overview">
        <Logo />
      </Link>
      <span className={`live live-${live}`} role="status">
        <span className="live-dot" />
        {words}
      </span>
      <span className="top-clock" title="The cluster's clock, UTC">
        <span className="wide-only">{format.clockTime(now).split(', ')[0]},</span>
        {format.clockTime(now).split(', ')[1]}
        <span className="wide-only">UTC</span>
        {speed > 1.5 && (
          <span className="badge badge-info" title="How much faster than ours the cluster's clock runs">
            ×{format.rounded(speed)}
          </span>
        )}
      </span>
      <span className="grow" />
      {session.read_only && <span className="badge badge-info">Read-only</span>}
      {overview.data && <PauseSwitch pause={overview.data.pause} may={session.may_pause} />}
      <button
        className="icon-button"
        onClick={toggleTheme}
        aria-label={theme === 'dark' ? 'Use the light theme' : 'Use the dark theme'}
      >
        <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
      </button>
      <div className="top-account">
        <Account session={session} />
      </div>
    </header>
  );
}

/** What is on the screen looks alive even if nobody renews it: say so after a while. */
function Gone() {
  const lost = useLiveState() === 'lost';
  const [since, setSince] = useState<number | null>(null);
  useEffect(() => {
    if (!lost) return setSince(null);
    const at = clusterNow();
    const timer = setTimeout(() => setSince(at), 3000);
    return () => clearTimeout(timer);
  }, [lost]);
  if (since == null) return null;
  return (
    <p className="banner" role="alert">
      <Icon name="alert" size={16} /> The server does not answer. What you see is of {format.dateTime(since)}; it is renewed as soon as the
      server is back.
    </p>
  );
}

function Account({ session }: { session: Session }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  if (!session.signed_in) {
    return (
      <>
        <button className="account" onClick={() => setAsking(true)}>
          <Icon name="user" />
          <span className="account-text">
            <strong>Sign in</strong>
            <small>to make changes</small>
          </span>
        </button>
        {asking && <SignIn onClose={() => setAsking(false)} />}
      </>
    );
  }
  return (
    <button className="account" onClick={() => void signOut(client)} title={`Sign ${session.user} out`}>
      <Icon name="user" />
      <span className="account-text">
        <strong>{session.user}</strong>
        <small>{session.role} · sign out</small>
      </span>
    </button>
  );
}

function Logo() {
  return (
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path d="M7 21.5c4.2 0 4.6-11 9-11s4.8 7.5 9 7.5" fill="none" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
      <path d="M7 25.5h18" stroke="#fff" strokeOpacity=".6" strokeWidth="2" strokeLinecap="round" strokeDasharray="2 4" />
    </svg>
  );
}

function Splash() {
  return (
    <main className="alone">
      <div className="card sign-in">
        <SkeletonLines lines={3} />
      </div>
    </main>
  );
}
