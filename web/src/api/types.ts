// The API's documents (docs/api/openapi.yaml). CPU in millicores, memory in bytes, money a month.

export interface Amounts {
  cpu: number;
  memory: number;
}
export interface Sizes {
  cpu: number | null;
  memory: number | null;
}
export interface ContainerResources {
  requests: Sizes;
  limits: Sizes;
}

export interface ClusterLevel {
  used: number | null;
  requested: number;
  recommended: number;
  allocatable: number;
  original: number;
}

export interface Attention {
  severity: 'problem' | 'warning' | 'hint';
  code: string;
  title: string;
  detail: string;
  link: string;
}

export interface Overview {
  now: string;
  ready: boolean;
  sampled_at: string | null;
  pause: { paused: boolean; by: string; why: string; since: string | null; connected: boolean };
  cpu: ClusterLevel;
  memory: ClusterLevel;
  money: {
    currency: string;
    requested: number;
    original: number;
    realised: number;
    possible: number;
    pending: number;
  };
  counts: {
    workloads: number;
    automated: number;
    excluded: number;
    open: number;
    learning: number;
    advised: number;
    pods: number;
    containers: number;
    nodes: number;
    ready_nodes: number;
  };
  last_24h: { resizes: number; evictions: number; refused: number; oom_kills: number };
  attention: Attention[];
  opportunities: { workload: string; saving: number }[];
}

export type AutomationState = 'automated' | 'open' | 'excluded' | 'system';

export interface WorkloadLevel {
  requested: number;
  limit: number;
  used: number | null;
  recommended: number;
  original: number;
}
export interface WorkloadRow {
  id: string;
  namespace: string;
  kind: string;
  name: string;
  pods: number;
  ready: number;
  restarts: number;
  policy: string;
  policy_override: string;
  automation: AutomationState;
  granted_by: string;
  advised: boolean;
  urgent: boolean;
  confidence: number;
  coverage: number;
  kills_24h: number;
  cpu: WorkloadLevel;
  memory: WorkloadLevel;
  cost: number;
  saving: number;
  realised: number;
}

export interface Page<T> {
  total: number;
  offset: number;
  items: T[];
}

export interface Reason {
  resource: 'cpu' | 'memory';
  code: string;
  value: number;
  reference: number;
  text: string;
}
export interface Advice {
  name: string;
  current: ContainerResources;
  target: ContainerResources;
  lower: Sizes;
  upper: Sizes;
  confidence: number;
  urgent: boolean;
  reasons: Reason[];
}
export interface Container {
  name: string;
  image: string;
  role: 'main' | 'init' | 'sidecar';
  resources: ContainerResources;
  used: Amounts | null;
  recommendation: Advice | null;
}
export interface PodRow {
  name: string;
  node: string;
  phase: string;
  ready: boolean;
  restarts: number;
  started: string | null;
  resize: '' | 'deferred' | 'infeasible' | 'in-progress';
  requests: Amounts;
  used: Amounts | null;
}
export interface Kill {
  at: string;
  pod: string;
  container: string;
  limit: number;
}
export interface Action {
  seq: number;
  at: string;
  workload: string;
  pod: string;
  container: string;
  action: 'resize' | 'evict';
  done: boolean;
  why: string;
  detail: string;
  before: ContainerResources;
  after: ContainerResources;
}
export interface AuditEntry {
  id: number;
  at: string;
  who: string;
  peer: string;
  action: string;
  target: string;
  before: string;
  after: string;
  why: string;
  failure: string;
}
export interface WorkloadDetail {
  summary: WorkloadRow;
  recommendation: {
    decided_at: string;
    policy: string;
    policy_reason: string;
    revision: number;
    input_digest: string;
  } | null;
  automation: {
    state: AutomationState;
    by: string;
    since: string | null;
    source: string;
    detail: string;
    may_change: boolean;
  };
  last_action: { action: string; detail: string; at: string } | null;
  containers: Container[];
  pod_list: PodRow[];
  actions: Action[];
  kills: Kill[];
  audit: AuditEntry[];
}

export type Line = (number | null)[];
export interface Mark {
  at: string;
  type: 'oom' | 'resize' | 'evict';
  text: string;
}
export interface Series {
  scope: string;
  now: string;
  period: number;
  at: number[];
  cpu: Record<string, Line>;
  memory: Record<string, Line>;
  marks: Mark[];
}

export interface ResourcePolicy {
  window: string;
  percentile: number;
  headroom: number;
  headroom_absolute: number;
  min: number | null;
  max: number | null;
  limit: 'keep' | 'keep-ratio' | 'equal-to-request' | 'multiple' | 'none';
  limit_multiple: number;
}
export interface ScheduleWindow {
  days: number;
  from: string;
  until: string;
  time_zone: string;
}
export interface Policy {
  name: string;
  built_in: boolean;
  description: string;
  workloads: number;
  saving: number;
  cpu: ResourcePolicy;
  memory: ResourcePolicy;
  aggressiveness: number;
  increase: string;
  decrease: string;
  increase_windows: ScheduleWindow[];
  decrease_windows: ScheduleWindow[];
  minimum_history: string;
  oom_healing: boolean;
  burst_healing: boolean;
  season: boolean;
  disturb_single_replica: boolean;
  cool_down: string;
  container_rules: number;
}
export interface LabelSelector {
  match_labels: Record<string, string>;
  expressions: { key: string; operator: string; values: string[] }[];
}
export interface Rule {
  name: string;
  priority: number;
  policy: string;
  selector: {
    namespaces: string[];
    namespace_labels: LabelSelector;
    kinds: string[];
    names: string[];
    labels: LabelSelector;
    annotations: Record<string, string>;
    images: string[];
  };
}

export interface ClusterEvent {
  at: string;
  namespace: string;
  kind: string;
  name: string;
  reason: string;
  message: string;
  component: string;
  warning: boolean;
  count: number;
}
export interface Health {
  reports: {
    name: string;
    gate_open: boolean;
    at: string;
    checks: { name: string; result: 'pass' | 'warn' | 'fail'; detail: string; at: string }[];
  }[];
  watches: { synced: number; of: number; lost: { kind: string; why: string }[] };
}
export interface ComponentStatus {
  name: string;
  answered: boolean;
  ready: boolean;
  detail: string;
  at: string;
  done: number;
}
export interface Namespaces {
  items: { name: string; workloads: number; automated: number; requests: Amounts; saving: number }[];
  kinds: string[];
}

export interface Session {
  signed_in: boolean;
  user: string;
  role: 'nobody' | 'viewer' | 'operator' | 'admin';
  may_operate: boolean;
  may_pause: boolean;
  read_only: boolean;
  anonymous_view: boolean;
  csrf: string;
  until: string | null;
  identity: string;
}

export interface ChangeResult {
  changed: number;
  unchanged: number;
  failed: number;
  failures: { workload: string; message: string }[];
}
