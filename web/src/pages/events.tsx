// What the platform did and refused, what people did, and what the cluster says of it.
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Action, AuditEntry, ClusterEvent } from '../api/types';
import { ActionList } from '../components/actions';
import { Ago, Badge, Card, Empty, Failure, Icon, Segments, SkeletonLines } from '../components/parts';
import { useQueryState } from '../lib/router';
import { AuditLine } from './workload';

const tabs = [
  ['actions', 'Actions'],
  ['audit', 'Audit'],
  ['cluster', 'Cluster events'],
] as const;
type Tab = (typeof tabs)[number][0];

export function Events() {
  const [query, setQuery] = useQueryState();
  const tab = (tabs.find(([key]) => key === query.tab)?.[0] ?? 'actions') as Tab;
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Events</h1>
          <p className="page-sub">Everything that was done, by whom, and what was held back and why.</p>
        </div>
        <Segments label="Which events" value={tab} choices={tabs} onChange={(next) => setQuery({ tab: next === 'actions' ? '' : next, outcome: '' })} />
      </header>
      {tab === 'actions' && <Actions outcome={query.outcome ?? ''} onOutcome={(outcome) => setQuery({ outcome })} />}
      {tab === 'audit' && <Audit />}
      {tab === 'cluster' && <ClusterEvents />}
    </div>
  );
}

function Actions({ outcome, onOutcome }: { outcome: string; onOutcome: (outcome: string) => void }) {
  const actions = useQuery({
    queryKey: ['actions', 'list', outcome],
    queryFn: ({ signal }) => get<{ items: Action[] }>('/actions', { outcome, limit: 500 }, signal),
  });
  return (
    <Card
      title="Actions"
      aside={
        <Segments
          label="Outcome"
          value={outcome}
          choices={[
            ['', 'All'],
            ['done', 'Done'],
            ['refused', 'Held back'],
          ]}
          onChange={onOutcome}
        />
      }
    >
      {actions.isError && !actions.data ? (
        <Failure error={actions.error} retry={() => void actions.refetch()} />
      ) : !actions.data ? (
        <SkeletonLines lines={8} />
      ) : actions.data.items.length === 0 ? (
        <Empty icon="spark" title="Nothing yet">
          Resizes, restarts and what was held back appear here, live.
        </Empty>
      ) : (
        <ActionList items={actions.data.items} />
      )}
    </Card>
  );
}

function Audit() {
  const audit = useQuery({
    queryKey: ['audit'],
    queryFn: ({ signal }) => get<{ items: AuditEntry[] }>('/audit', { limit: 500 }, signal),
  });
  return (
    <Card
      title="What people did"
      aside={
        <a className="button" href="/api/v1/audit?format=csv&limit=10000" download>
          <Icon name="download" size={16} /> CSV
        </a>
      }
    >
      {audit.isError && !audit.data ? (
        <Failure error={audit.error} retry={() => void audit.refetch()} />
      ) : !audit.data ? (
        <SkeletonLines lines={8} />
      ) : audit.data.items.length === 0 ? (
        <Empty icon="user" title="Nobody has changed anything yet">
          Each change is kept here with who, what, before, after and why.
        </Empty>
      ) : (
        <ul className="lines">
          {audit.data.items.map((entry) => (
            <AuditLine key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function ClusterEvents() {
  const events = useQuery({
    queryKey: ['actions', 'cluster-events'],
    queryFn: ({ signal }) => get<{ items: ClusterEvent[] }>('/events', { limit: 300 }, signal),
  });
  return (
    <Card title="Kubernetes Events">
      {events.isError && !events.data ? (
        <Failure error={events.error} retry={() => void events.refetch()} />
      ) : !events.data ? (
        <SkeletonLines lines={8} />
      ) : events.data.items.length === 0 ? (
        <Empty icon="events" title="The cluster is quiet" />
      ) : (
        <ul className="lines">
          {events.data.items.map((event, i) => (
            <li key={i} className="line">
              <span className={`line-icon ${event.warning ? 'warn' : 'plain'}`}>
                <Icon name={event.warning ? 'alert' : 'events'} size={16} />
              </span>
              <span className="line-main">
                <span className="line-title">
                  {event.reason}
                  {event.count > 1 && <Badge tone="plain">×{event.count}</Badge>}
                  <small>
                    {event.kind} {event.namespace && `${event.namespace}/`}
                    {event.name}
                  </small>
                </span>
                <span className="line-detail">
                  {event.message}
                  {event.component && ` · ${event.component}`}
                </span>
              </span>
              <span className="line-time">
                <Ago at={event.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
