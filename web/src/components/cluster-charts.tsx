import type { Series } from '../api/types';
import type { ChartLine, Role } from './chart';

const clusterRoles: [Role, string][] = [
  ['used', 'Used'],
  ['requested', 'Requested'],
  ['recommended', 'Recommended'],
  ['original', 'Original'],
  ['allocatable', 'Node capacity'],
];
const workloadRoles: [Role, string][] = [
  ['used', 'Used'],
  ['peak', 'Busiest pod'],
  ['requested', 'Requested'],
  ['recommended', 'Recommended'],
  ['limit', 'Limit'],
];

/** Lines of one resource; those without any value are left out. */
export function linesOf(series: Series, resource: 'cpu' | 'memory'): ChartLine[] {
  const roles = series.scope === 'cluster' ? clusterRoles : workloadRoles;
  return roles
    .map(([role, label]) => ({ role, label, values: series[resource][role] ?? [] }))
    .filter((line) => line.values.some((value) => value != null));
}

export const spans = [
  ['1h', '1 h'],
  ['6h', '6 h'],
  ['24h', '24 h'],
  ['7d', '7 d'],
] as const;
export type Span = (typeof spans)[number][0];
