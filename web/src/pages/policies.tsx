// How workloads are sized, and which rule chooses the policy.
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { LabelSelector, Overview, Policy, ResourcePolicy, Rule, ScheduleWindow } from '../api/types';
import { Badge, Card, Empty, Failure, SkeletonLines } from '../components/parts';
import * as format from '../lib/format';
import { Link } from '../lib/router';

const limitWords: Record<ResourcePolicy['limit'], string> = {
  keep: 'limit kept',
  'keep-ratio': 'limit in proportion',
  'equal-to-request': 'limit equals request',
  multiple: 'limit a multiple',
  none: 'no limit',
};
const modeWords: Record<string, string> = {
  never: 'never',
  'on-create': 'new pods only',
  'in-place': 'in place only',
  recreate: 'in place, else restart',
};

function sizing(resource: format.Resource, policy: ResourcePolicy): string {
  const bounds = [
    policy.min != null ? `at least ${format.amount(resource, policy.min)}` : '',
    policy.max != null ? `at most ${format.amount(resource, policy.max)}` : '',
  ].filter(Boolean);
  const extra = policy.headroom_absolute > 0 ? ` and ${format.amount(resource, policy.headroom_absolute)}` : '';
  return [
    `${format.ordinal(Math.round(policy.percentile * 100))} percentile of ${format.duration(policy.window)} plus ${format.percent(policy.headroom)}${extra}`,
    ...bounds,
    policy.limit === 'multiple' ? `limit × ${policy.limit_multiple}` : limitWords[policy.limit],
  ].join(', ');
}

function windows(list: ScheduleWindow[]): string {
  if (list.length === 0) return 'any time';
  const names = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'];
  return list
    .map((each) => `${names.filter((_, day) => each.days & (1 << day)).join(' ')} ${each.from}–${each.until} ${each.time_zone}`)
    .join('; ');
}

export function Policies() {
  const policies = useQuery({ queryKey: ['policies'], queryFn: ({ signal }) => get<{ items: Policy[] }>('/policies', {}, signal) });
  const rules = useQuery({ queryKey: ['rules'], queryFn: ({ signal }) => get<{ items: Rule[] }>('/rules', {}, signal) });
  const overview = useQuery({ queryKey: ['overview'], queryFn: ({ signal }) => get<Overview>('/overview', {}, signal) });
  const currency = overview.data?.money.currency;
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Policies</h1>
          <p className="page-sub">How requests are decided. The first rule that matches a workload chooses its policy.</p>
        </div>
      </header>
      {policies.isError && !policies.data ? (
        <Failure error={policies.error} retry={() => void policies.refetch()} />
      ) : !policies.data ? (
        <Card>
          <SkeletonLines lines={6} />
        </Card>
      ) : policies.data.items.length === 0 ? (
        <Card>
          <Empty icon="policies" title="No Policy objects">
            The built-in policies apply. A <code>Policy</code> in scaleops-system with the same name replaces one.
          </Empty>
        </Card>
      ) : (
        <div className="policy-grid">
          {policies.data.items.map((policy) => (
            <PolicyCard key={policy.name} policy={policy} currency={currency} />
          ))}
        </div>
      )}
      <Card title="Rules">
        {rules.isError && !rules.data ? (
          <Failure error={rules.error} retry={() => void rules.refetch()} />
        ) : !rules.data ? (
          <SkeletonLines />
        ) : rules.data.items.length === 0 ? (
          <Empty icon="policies" title="No rules">
            Each workload gets the policy that suits its kind. A <code>PolicyRule</code> changes that.
          </Empty>
        ) : (
          <div className="table-scroll">
            <table className="table">
              <thead>
                <tr>
                  <th>Order</th>
                  <th>Rule</th>
                  <th>When</th>
                  <th>Policy</th>
                </tr>
              </thead>
              <tbody>
                {rules.data.items.map((rule) => (
                  <tr key={rule.name}>
                    <td>{rule.priority}</td>
                    <td>{rule.name}</td>
                    <td>{conditions(rule).join(' and ') || 'always'}</td>
                    <td>
                      <Badge tone="info">{rule.policy}</Badge>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Card>
    </div>
  );
}

function PolicyCard({ policy, currency }: { policy: Policy; currency?: string }) {
  const healing = [policy.oom_healing && 'OOM kills', policy.burst_healing && 'bursts', policy.season && 'daily pattern'].filter(Boolean);
  return (
    <Card
      title={
        <>
          {policy.name} {policy.built_in && <Badge tone="plain">built in</Badge>}
        </>
      }
      aside={
        policy.workloads > 0 && (
          <Link href={`/workloads?policy=${encodeURIComponent(policy.name)}`}>{format.plural(policy.workloads, 'workload')}</Link>
        )
      }
    >
      {policy.description && <p className="policy-text">{policy.description}</p>}
      <dl className="facts facts-column">
        <div>
          <dt>CPU</dt>
          <dd>{sizing('cpu', policy.cpu)}</dd>
        </div>
        <div>
          <dt>Memory</dt>
          <dd>{sizing('memory', policy.memory)}</dd>
        </div>
        <div>
          <dt>Raises</dt>
          <dd>
            {modeWords[policy.increase] ?? policy.increase}, {windows(policy.increase_windows)}
          </dd>
        </div>
        <div>
          <dt>Lowers</dt>
          <dd>
            {modeWords[policy.decrease] ?? policy.decrease}, {windows(policy.decrease_windows)}, after {format.duration(policy.minimum_history)} of history
          </dd>
        </div>
        <div>
          <dt>Reacts to</dt>
          <dd>{healing.length > 0 ? healing.join(', ') : 'history only'}</dd>
        </div>
        {policy.workloads > 0 && (
          <div>
            <dt>{policy.saving < 0 ? 'Open cost' : 'Open saving'}</dt>
            <dd>{format.money(Math.abs(policy.saving), currency)} a month</dd>
          </div>
        )}
      </dl>
    </Card>
  );
}

function selectorText(what: string, selector: LabelSelector): string[] {
  const pairs = Object.entries(selector.match_labels).map(([key, value]) => `${key} = ${value}`);
  const others = selector.expressions.map((each) => `${each.key} ${each.operator}${each.values.length > 0 ? ` (${each.values.join(', ')})` : ''}`);
  const all = [...pairs, ...others];
  return all.length > 0 ? [`${what} ${all.join(', ')}`] : [];
}

function conditions({ selector }: Rule): string[] {
  const list = (what: string, values: string[]) => (values.length > 0 ? [`${what} ${values.join(' or ')}`] : []);
  return [
    ...list('namespace', selector.namespaces),
    ...selectorText('namespace label', selector.namespace_labels),
    ...list('kind', selector.kinds),
    ...list('name', selector.names),
    ...selectorText('label', selector.labels),
    ...Object.entries(selector.annotations).map(([key, value]) => `annotation ${key} = ${value}`),
    ...list('image', selector.images),
  ];
}
