// Requests against usage, what was saved and could be, what happens right now, and what needs a person.
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Action, Attention, ClusterLevel, Overview as OverviewData, Series } from '../api/types';
import { ActionList } from '../components/actions';
import { Chart } from '../components/chart';
import { linesOf, spans, type Span } from '../components/cluster-charts';
import { Card, Empty, Failure, Icon, Segments, Skeleton, SkeletonLines } from '../components/parts';
import * as format from '../lib/format';
import { Link, useQueryState, workloadHref } from '../lib/router';

export function Overview() {
  const [query, setQuery] = useQueryState();
  const span = (spans.find(([key]) => key === query.span)?.[0] ?? '6h') as Span;
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => get<OverviewData>('/overview', {}, signal),
  });
  const series = useQuery({
    queryKey: ['series', 'cluster', span],
    queryFn: ({ signal }) => get<Series>('/series', { span, points: 400 }, signal),
  });
  if (overview.isError && !overview.data) return <Failure error={overview.error} retry={() => void overview.refetch()} />;
  const data = overview.data;
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Overview</h1>
          {data ? (
            <p className="page-sub">
              {format.plural(data.counts.workloads, 'workload')} · {format.plural(data.counts.pods, 'pod')} ·{' '}
              {format.plural(data.counts.nodes, 'node')}
              {data.counts.ready_nodes < data.counts.nodes && ` (${data.counts.ready_nodes} ready)`}
            </p>
          ) : (
            <Skeleton width={220} />
          )}
        </div>
        <Segments label="Time span" value={span} choices={spans} onChange={(next) => setQuery({ span: next === '6h' ? '' : next })} />
      </header>

      <Stats data={data} />

      <div className="two">
        {(['cpu', 'memory'] as const).map((resource) => (
          <Card
            key={resource}
            title={resource === 'cpu' ? 'CPU' : 'Memory'}
            aside={data && <Utilisation level={data[resource]} />}
          >
            {series.isError && !series.data ? (
              <Failure error={series.error} retry={() => void series.refetch()} />
            ) : !series.data ? (
              <Skeleton height={300} />
            ) : series.data.at.length < 2 ? (
              <Empty icon="events" title="Measuring has begun">
                The first points appear within two minutes of the cluster's time.
              </Empty>
            ) : (
              <Chart
                resource={resource}
                at={series.data.at}
                lines={linesOf(series.data, resource)}
                marks={resource === 'memory' ? series.data.marks : []}
                sync="overview"
                title={`${resource === 'cpu' ? 'CPU' : 'Memory'} of the cluster over time`}
              />
            )}
          </Card>
        ))}
      </div>

      <div className="two">
        <div className="stack">
          <Card title="Needs attention">{data ? <AttentionList items={data.attention} /> : <SkeletonLines />}</Card>
          <Opportunities data={data} />
        </div>
        <Stream data={data} />
      </div>
    </div>
  );
}

function Stats({ data }: { data?: OverviewData }) {
  if (!data) {
    return (
      <div className="stats">
        {[0, 1, 2, 3].map((i) => (
          <div key={i} className="card stat">
            <SkeletonLines lines={3} />
          </div>
        ))}
      </div>
    );
  }
  const { money, counts, last_24h: day } = data;
  const share = money.original > 0 ? money.realised / money.original : 0;
  return (
    <div className="stats">
      <div className="card stat">
        <span className="stat-label">Requested</span>
        <span className="stat-value">
          {format.money(money.requested, money.currency)}
          <small>/month</small>
        </span>
        <span className="stat-note">
          {money.original - money.requested > 1
            ? `${format.money(money.original, money.currency)} without ScaleOps`
            : `${format.percent(data.cpu.requested / Math.max(1, data.cpu.allocatable))} of the nodes' CPU`}
        </span>
      </div>
      <div className="card stat">
        <span className="stat-label">Saved now</span>
        <span className={`stat-value ${money.realised > 0 ? 'good' : ''}`}>
          {format.money(Math.max(0, money.realised), money.currency)}
          <small>/month</small>
        </span>
        <span className="stat-note">
          {counts.automated === 0
            ? 'No workload is automated yet'
            : money.realised <= 0 && counts.learning > 0
              ? `Nothing shrinks before enough is seen: ${format.count(counts.learning)} of ${format.count(counts.workloads)} still learn`
              : `${format.percent(Math.max(0, share))} less, ${format.count(counts.automated)} of ${format.count(counts.workloads)} automated`}
        </span>
      </div>
      <Link href="/workloads?automation=open" className="card stat stat-link">
        <span className="stat-label">
          Could be saved <Icon name="arrow" size={14} />
        </span>
        <span className="stat-value accent">
          {format.money(Math.max(0, money.possible), money.currency)}
          <small>/month</small>
        </span>
        <span className="stat-note">
          {counts.open > 0 || counts.workloads === 0
            ? `${format.plural(counts.open, 'workload')} not automated`
            : 'All that may be automated is'}
        </span>
      </Link>
      <Link href="/workloads?state=oom" className="card stat stat-link">
        <span className="stat-label">
          OOM kills, 24 h <Icon name="arrow" size={14} />
        </span>
        <span className={`stat-value ${day.oom_kills > 0 ? 'warn' : ''}`}>{format.count(day.oom_kills)}</span>
        <span className="stat-note">
          {format.plural(day.resizes, 'resize')}, {format.plural(day.evictions, 'restart')}
        </span>
      </Link>
    </div>
  );
}

function Utilisation({ level }: { level: ClusterLevel }) {
  if (level.used == null || level.requested === 0) return null;
  return (
    <span className="utilisation">
      <strong>{format.percent(level.used / level.requested)}</strong> of requests used
    </span>
  );
}

const attentionIcon = { problem: 'alert', warning: 'alert', hint: 'spark' } as const;

function AttentionList({ items }: { items: Attention[] }) {
  if (items.length === 0)
    return (
      <Empty title="All is well">Nothing needs you right now.</Empty>
    );
  return (
    <ul className="lines">
      {items.map((item) => (
        <li key={item.code + item.title} className="line">
          <span className={`line-icon ${{ problem: 'bad', warning: 'warn', hint: 'accent' }[item.severity]}`}>
            <Icon name={attentionIcon[item.severity]} size={16} />
          </span>
          <Link href={item.link} className="line-main line-link">
            <span className="line-title">{item.title}</span>
            <span className="line-detail">{item.detail}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Opportunities({ data }: { data?: OverviewData }) {
  if (!data || data.opportunities.length === 0) return null;
  const best = data.opportunities[0].saving;
  return (
    <Card title="Largest savings open" aside={<Link href="/workloads?automation=open&sort=saving">All</Link>}>
      <ul className="bars">
        {data.opportunities.map((each) => {
          const [ns, , name] = each.workload.split('/');
          return (
            <li key={each.workload}>
              <Link href={workloadHref(each.workload)}>
                <span className="bars-name">
                  {name} <small>{ns}</small>
                </span>
                <span className="bars-track">
                  <span style={{ width: `${(each.saving / best) * 100}%` }} />
                </span>
                <span className="bars-value">{format.money(each.saving, data.money.currency)}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function Stream({ data }: { data?: OverviewData }) {
  const [query, setQuery] = useQueryState();
  const all = query.stream === 'all';
  const stream = useQuery({
    queryKey: ['actions', 'stream'],
    queryFn: ({ signal }) => get<{ items: Action[] }>('/actions', { limit: 60 }, signal),
  });
  const done = useQuery({
    queryKey: ['actions', 'done'],
    queryFn: ({ signal }) => get<{ items: Action[] }>('/actions', { limit: 40, outcome: 'done' }, signal),
    enabled: !all,
  });
  const shown = all ? stream : done;
  return (
    <Card
      title="Actions"
      className="card-tall"
      aside={
        <Segments
          label="Which actions"
          value={all ? 'all' : 'done'}
          choices={[
            ['done', 'Done'],
            ['all', 'All'],
          ]}
          onChange={(next) => setQuery({ stream: next === 'all' ? 'all' : '' })}
        />
      }
    >
      {shown.isError && !shown.data ? (
        <Failure error={shown.error} retry={() => void shown.refetch()} />
      ) : !shown.data ? (
        <SkeletonLines lines={8} />
      ) : shown.data.items.length === 0 ? (
        <Empty icon="spark" title="Nothing has been done yet">
          {data && data.counts.automated === 0 && data.counts.open > 0 ? (
            <>
              No workload is automated. <Link href="/workloads?automation=open&sort=saving">Choose some</Link> and their pods are resized
              here, live.
            </>
          ) : (
            'Automated workloads are resized as soon as it is safe and worth it.'
          )}
        </Empty>
      ) : (
        <div className="scroll">
          <ActionList items={shown.data.items} />
        </div>
      )}
    </Card>
  );
}
