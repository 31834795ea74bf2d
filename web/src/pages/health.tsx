// Is every part of the platform well, and may it act?
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { ComponentStatus, Health as HealthData } from '../api/types';
import { Ago, Badge, Card, Empty, Failure, Icon, SkeletonLines } from '../components/parts';
import * as format from '../lib/format';

const about: Record<string, string> = {
  agent: 'Sees pods and measures usage',
  recommender: 'Decides what to request',
  admissions: 'Sizes pods at creation',
  updater: 'Brings running pods in line',
  dashboards: 'Shows and records',
  healthcheck: 'Checks every promise',
};
const units: Record<string, string> = {
  agent: 'samples',
  recommender: 'decisions',
  admissions: 'admissions',
  updater: 'actions',
  dashboards: 'answers',
  healthcheck: 'checks',
};

export function Health() {
  const health = useQuery({ queryKey: ['health'], queryFn: ({ signal }) => get<HealthData>('/health', {}, signal), refetchInterval: 10_000 });
  const components = useQuery({
    queryKey: ['components'],
    queryFn: ({ signal }) => get<{ items: ComponentStatus[] }>('/components', {}, signal),
    refetchInterval: 10_000,
  });
  if (health.isError && !health.data) return <Failure error={health.error} retry={() => void health.refetch()} />;
  const report = health.data?.reports[0];
  const lost = health.data?.watches.lost ?? [];
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Health</h1>
          <p className="page-sub">The platform's own parts and the checks that gate its actions.</p>
        </div>
        {report && (
          <span className={`gate ${report.gate_open ? 'good' : 'bad'}`}>
            <Icon name="shield" size={18} />
            {report.gate_open ? 'Gate open: actions are allowed' : 'Gate closed: running pods are left alone'}
          </span>
        )}
      </header>
      <div className="component-grid">
        {components.data?.items.map((each) => (
          <Card key={each.name} className="component">
            <header>
              <span className={`status-dot ${!each.answered ? 'bad' : each.ready ? 'good' : 'warn'}`} />
              <h2>{each.name}</h2>
              <Badge tone={!each.answered ? 'bad' : each.ready ? 'good' : 'warn'}>
                {!each.answered ? 'Silent' : each.ready ? 'Ready' : 'Not ready'}
              </Badge>
            </header>
            <p className="component-about">{about[each.name] ?? ''}</p>
            <p className="component-detail">{each.detail}</p>
            <footer>
              {format.count(each.done)} {units[each.name] ?? 'done'} · <Ago at={each.at} />
            </footer>
          </Card>
        )) ?? (
          <Card>
            <SkeletonLines />
          </Card>
        )}
      </div>
      <Card title="Checks" aside={report && <span className="faint">last run <Ago at={report.at} /></span>}>
        {!health.data ? (
          <SkeletonLines lines={8} />
        ) : !report ? (
          <Empty icon="health" title="No health report yet">
            The healthcheck component writes one every few minutes when it runs.
          </Empty>
        ) : (
          <ul className="lines">
            {report.checks.map((check) => (
              <li key={check.name} className="line">
                <span className={`line-icon ${{ pass: 'good', warn: 'warn', fail: 'bad' }[check.result]}`}>
                  <Icon name={check.result === 'pass' ? 'check' : check.result === 'warn' ? 'alert' : 'cross'} size={16} />
                </span>
                <span className="line-main">
                  <span className="line-title">{format.words(check.name).replace(/^Api /, 'API ')}</span>
                  <span className="line-detail">{check.detail}</span>
                </span>
                <span className="line-time">
                  <Ago at={check.at} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Card>
      {health.data && (
        <Card title="In step with the cluster">
          <p className="component-detail">
            {health.data.watches.synced} of {health.data.watches.of} kinds of objects are followed completely.
          </p>
          {lost.length > 0 && (
            <ul className="lines">
              {lost.map((each) => (
                <li key={each.kind} className="line">
                  <span className="line-icon warn">
                    <Icon name="alert" size={16} />
                  </span>
                  <span className="line-main">
                    <span className="line-title">{each.kind}</span>
                    <span className="line-detail">The watch broke ({each.why}) and is being opened again.</span>
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Card>
      )}
    </div>
  );
}
