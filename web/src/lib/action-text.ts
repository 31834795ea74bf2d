// Actions in words.
import type { Action } from '../api/types';
import * as format from './format';

const both = ['cpu', 'memory'] as const;

/** "CPU 500m → 220m, memory 1 GiB → 600 MiB"; only what differs. */
function changeText(action: Action): string {
  const parts = both
    .filter((resource) => action.after.requests[resource] != null && action.before.requests[resource] !== action.after.requests[resource])
    .map(
      (resource) =>
        `${resource === 'cpu' ? 'CPU' : 'memory'} ${format.amount(resource, action.before.requests[resource])} → ${format.amount(resource, action.after.requests[resource])}`,
    );
  return parts.join(', ');
}

/** What was done and how, or that it was held back and why. */
export function actionText(action: Action): [string, string] {
  const change = changeText(action);
  if (action.done) return [action.action === 'resize' ? 'Resized' : 'Restarted', change || action.detail];
  return ['Held back', [action.detail || format.words(action.why).toLowerCase(), change].filter(Boolean).join(' · ')];
}
