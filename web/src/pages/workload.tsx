// One workload: what it uses, asks for and should ask for, and why; its pods; what happened to it.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../app';
import { get } from '../api/client';
import type { Advice, AuditEntry, Container, Policy, Series, WorkloadDetail } from '../api/types';
import { ActionLine } from '../components/actions';
import { ConfirmChange } from '../components/bulk';
import { Chart } from '../components/chart';
import { linesOf, spans, type Span } from '../components/cluster-charts';
import { Ago, AutomationBadge, Badge, Card, Empty, Failure, Icon, Segments, Skeleton, UsageBar } from '../components/parts';
import * as format from '../lib/format';
import { Link, useQueryState } from '../lib/router';

type Wish = 'automate' | 'stop' | 'exclude' | 'include' | 'policy';

export function Workload({ id }: { id: string }) {
  const [query, setQuery] = useQueryState();
  const span = (spans.find(([key]) => key === query.span)?.[0] ?? '6h') as Span;
  const [wish, setWish] = useState<Wish | null>(null);
  const session = useSession();
  const path = `/workloads/${id.split('/').map(encodeURIComponent).join('/')}`;
  const detail = useQuery({
    queryKey: ['workload', id],
    queryFn: ({ signal }) => get<WorkloadDetail>(path, {}, signal),
    placeholderData: undefined,
  });
  const series = useQuery({
    queryKey: ['series', id, span],
    queryFn: ({ signal }) => get<Series>('/series', { workload: id, span, points: 400 }, signal),
  });
  const policies = useQuery({
    queryKey: ['policies'],
    queryFn: ({ signal }) => get<{ items: Policy[] }>('/policies', {}, signal),
  });
  if (detail.isError && !detail.data) return <Failure error={detail.error} retry={() => void detail.refetch()} />;
  if (!detail.data) {
    return (
      <div className="page">
        <Skeleton height={32} width={280} />
        <div className="two">
          <Card>
            <Skeleton height={300} />
          </Card>
          <Card>
            <Skeleton height={300} />
          </Card>
        </div>
      </div>
    );
  }
  const data = detail.data;
  const row = data.summary;
  const may = (session.data?.may_operate ?? false) && data.automation.may_change;
  const since = data.automation.since ? <Ago at={data.automation.since} /> : null;
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <Link href="/workloads" className="crumb">
            <Icon name="back" size={14} /> Workloads
          </Link>
          <h1>
            {row.name} <AutomationBadge state={row.automation} />
          </h1>
          <p className="page-sub">
            {row.namespace} · {row.kind} · {format.plural(row.pods, 'pod')}
            {row.ready < row.pods && ` (${row.ready} ready)`}
            {data.automation.by && (
              <>
                {' '}
                · granted by {data.automation.by} {since}
              </>
            )}
            {!data.automation.by && data.automation.detail && ` · ${data.automation.detail}`}
          </p>
        </div>
        <div className="head-actions">
          {row.automation === 'open' && (
            <button className="button button-primary" disabled={!may} onClick={() => setWish('automate')}>
              <Icon name="spark" size={16} /> Automate
            </button>
          )}
          {row.automation === 'automated' && (
            <button className="button" disabled={!may} onClick={() => setWish('stop')}>
              Stop automating
            </button>
          )}
          {row.automation === 'excluded' ? (
            <button className="button" disabled={!may} onClick={() => setWish('include')}>
              Include again
            </button>
          ) : (
            row.automation !== 'system' && (
              <button className="button" disabled={!may} onClick={() => setWish('exclude')}>
                Exclude
              </button>
            )
          )}
          <button className="button" disabled={!may} onClick={() => setWish('policy')}>
            Policy: {row.policy_override || row.policy || 'none yet'}
          </button>
        </div>
      </header>

      <div className="bar-row">
        <span className="bar-note">Numbers are for one pod; “used” is the mean of all pods</span>
        <Segments label="Time span" value={span} choices={spans} onChange={(next) => setQuery({ span: next === '6h' ? '' : next })} />
      </div>
      <div className="two">
        {(['cpu', 'memory'] as const).map((resource) => (
          <Card key={resource} title={resource === 'cpu' ? 'CPU' : 'Memory'}>
            {series.isError && !series.data ? (
              <Failure error={series.error} retry={() => void series.refetch()} />
            ) : !series.data ? (
              <Skeleton height={300} />
            ) : series.data.at.length < 2 ? (
              <Empty icon="events" title="No measurements in this span" />
            ) : (
              <Chart
                resource={resource}
                at={series.data.at}
                lines={linesOf(series.data, resource)}
                marks={resource === 'memory' ? series.data.marks : series.data.marks.filter((mark) => mark.type !== 'oom')}
                sync={id}
                title={`${resource === 'cpu' ? 'CPU' : 'Memory'} of one pod of ${row.name}`}
              />
            )}
          </Card>
        ))}
      </div>

      <Card
        title="Containers"
        aside={
          data.recommendation && (
            <span className="faint">
              decided <Ago at={data.recommendation.decided_at} /> · revision {data.recommendation.revision}
            </span>
          )
        }
      >
        {data.recommendation?.policy_reason && (
          <p className="policy-reason">
            Policy <strong>{data.recommendation.policy}</strong>: {data.recommendation.policy_reason}
          </p>
        )}
        <div className="containers">
          {data.containers.map((container) => (
            <ContainerPanel key={container.name} container={container} />
          ))}
        </div>
      </Card>

      <div className="two">
        <Pods data={data} />
        <History data={data} />
      </div>
      {wish && (
        <ConfirmChange
          wish={wish}
          subject={row.name}
          target={{ workloads: [id] }}
          policies={policies.data?.items.map((policy) => policy.name) ?? []}
          onClose={() => setWish(null)}
        />
      )}
    </div>
  );
}

function ContainerPanel({ container }: { container: Container }) {
  const advice = container.recommendation;
  return (
    <article className="container">
      <header>
        <h3>{container.name}</h3>
        {container.role !== 'main' && <Badge tone="info">{container.role}</Badge>}
        {advice?.urgent && <Badge tone="warn">Urgent</Badge>}
        <span className="container-image" title={container.image}>
          {container.image}
        </span>
        <span className="grow" />
        {advice && <Confidence value={advice.confidence} />}
      </header>
      <div className="container-levels">
        {(['cpu', 'memory'] as const).map((resource) => (
          <ContainerLevel key={resource} container={container} advice={advice} resource={resource} />
        ))}
      </div>
    </article>
  );
}

function ContainerLevel({ container, advice, resource }: { container: Container; advice: Advice | null; resource: format.Resource }) {
  const request = container.resources.requests[resource];
  const limit = container.resources.limits[resource];
  const target = advice?.target.requests[resource] ?? null;
  const reasons = advice?.reasons.filter((reason) => reason.resource === resource) ?? [];
  const change = format.change(request, target);
  const targetLimit = advice?.target.limits[resource] ?? null;
  return (
    <div className="container-level">
      <div className="now-then">
        <span className="now-then-label">{resource === 'cpu' ? 'CPU request' : 'Memory request'}</span>
        <span className="now-then-values">
          <span>{request == null ? 'not set' : format.amount(resource, request)}</span>
          {target != null && change === 'same' && <span className="faint">stays</span>}
          {target != null && change !== 'same' && (
            <>
              <Icon name="arrow" size={14} />
              <strong>{format.amount(resource, target)}</strong>
              {change && (
                <span className={`level-change ${target < (request ?? 0) ? 'good' : 'warn'}`}>{change}</span>
              )}
            </>
          )}
        </span>
      </div>
      <UsageBar
        resource={resource}
        used={container.used?.[resource] ?? null}
        requested={request ?? 0}
        recommended={target ?? request ?? 0}
        scale={Math.max(request ?? 0, target ?? 0, container.used?.[resource] ?? 0, 1) * 1.05}
      />
      <dl className="facts">
        <div>
          <dt>Used now</dt>
          <dd>{format.amount(resource, container.used?.[resource])}</dd>
        </div>
        <div>
          <dt>Limit</dt>
          <dd>
            {limit == null ? 'none' : format.amount(resource, limit)}
            {targetLimit != null && targetLimit !== limit && ` → ${format.amount(resource, targetLimit)}`}
          </dd>
        </div>
        {advice && (advice.lower[resource] != null || advice.upper[resource] != null) && (
          <div>
            <dt>Fine between</dt>
            <dd>
              {format.amount(resource, advice.lower[resource])} and {format.amount(resource, advice.upper[resource])}
            </dd>
          </div>
        )}
      </dl>
      {reasons.length > 0 ? (
        <ol className="reasons">
          {reasons.map((reason, i) => (
            <li key={i}>{reason.text}</li>
          ))}
        </ol>
      ) : (
        !advice && <p className="hint">No recommendation yet: it comes with the first measurements.</p>
      )}
    </div>
  );
}

function Confidence({ value }: { value: number }) {
  const level = value >= 0.8 ? 'High' : value >= 0.5 ? 'Fair' : 'Low';
  return (
    <span className="confidence" title={`Confidence ${format.percent(value)}`}>
      <span className="confidence-track">
        <span style={{ width: format.percent(value).replace('–', '0%') }} />
      </span>
      {level} confidence
    </span>
  );
}

function Pods({ data }: { data: WorkloadDetail }) {
  return (
    <Card title={format.plural(data.pod_list.length, 'pod')}>
      {data.pod_list.length === 0 ? (
        <Empty icon="workloads" title="No pods right now" />
      ) : (
        <div className="scroll table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th>Pod</th>
                <th className="number">CPU used</th>
                <th className="number">Memory used</th>
                <th className="number">Restarts</th>
                <th className="number">Started</th>
              </tr>
            </thead>
            <tbody>
              {data.pod_list.map((pod) => (
                <tr key={pod.name}>
                  <td>
                    <span className="who">
                      <span className="who-name">
                        <span className="who-text" title={pod.name}>
                          {pod.name}
                        </span>
                        {!pod.ready && <Badge tone="warn">{pod.phase === 'Running' ? 'Not ready' : pod.phase}</Badge>}
                        {pod.resize && <Badge tone="info">Resize {pod.resize}</Badge>}
                      </span>
                      <small>{pod.node || 'not scheduled'}</small>
                    </span>
                  </td>
                  {(['cpu', 'memory'] as const).map((resource) => (
                    <td key={resource} className="number">
                      {format.amount(resource, pod.used?.[resource])}
                      <small>of {format.amount(resource, pod.requests[resource])}</small>
                    </td>
                  ))}
                  <td className="number">{pod.restarts}</td>
                  <td className="number">
                    <Ago at={pod.started} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

export function AuditLine({ entry, plain = false }: { entry: AuditEntry; plain?: boolean }) {
  return (
    <li className="line">
      <span className={`line-icon ${entry.failure ? 'bad' : 'accent'}`}>
        <Icon name="user" size={16} />
      </span>
      <span className="line-main">
        <span className="line-title">
          {entry.who} <small>{format.words(entry.action).toLowerCase()}</small>
          {entry.failure && <Badge tone="bad">failed</Badge>}
        </span>
        <span className="line-detail">
          {!plain && entry.target && <>{entry.target} · </>}
          {entry.before || entry.after ? `${entry.before || '–'} → ${entry.after || '–'}` : ''}
          {entry.why && ` · “${entry.why}”`}
          {entry.failure && ` · ${entry.failure}`}
        </span>
      </span>
      <span className="line-time">
        <Ago at={entry.at} />
      </span>
    </li>
  );
}

function History({ data }: { data: WorkloadDetail }) {
  const entries = [
    ...data.actions.map((action) => ({ at: action.at, key: `a${action.seq}`, show: <ActionLine key={`a${action.seq}`} action={action} plain /> })),
    ...data.audit.map((entry) => ({ at: entry.at, key: `p${entry.id}`, show: <AuditLine key={`p${entry.id}`} entry={entry} plain /> })),
    ...data.kills.map((kill, i) => ({
      at: kill.at,
      key: `k${i}`,
      show: (
        <li key={`k${i}`} className="line">
          <span className="line-icon bad">
            <Icon name="alert" size={16} />
          </span>
          <span className="line-main">
            <span className="line-title">OOM kill</span>
            <span className="line-detail">
              {kill.container} of {kill.pod}
              {kill.limit > 0 && `, at a limit of ${format.memory(kill.limit)}`}
            </span>
          </span>
          <span className="line-time">
            <Ago at={kill.at} />
          </span>
        </li>
      ),
    })),
  ].sort((a, b) => b.at.localeCompare(a.at));
  return (
    <Card title="History">
      {entries.length === 0 ? (
        <Empty icon="events" title="Nothing has happened yet">
          Changes, restarts and OOM kills are listed here.
        </Empty>
      ) : (
        <div className="scroll">
          <ul className="lines">{entries.map((entry) => entry.show)}</ul>
        </div>
      )}
    </Card>
  );
}

