// How live events change what is shown: pure, so that it can be tested.
import type { Action } from './types';

export const streamLength = 60;

/** Newest first, each once. */
export function prependAction(old: { items: Action[] } | undefined, action: Action): { items: Action[] } {
  const items = old?.items ?? [];
  if (items.some((each) => each.seq === action.seq)) return { items };
  return { items: [action, ...items].sort((a, b) => b.seq - a.seq).slice(0, streamLength) };
}

/** Calls at once, then at most every `span` milliseconds; the last call is never lost. */
export function throttle(span: number, run: () => void): () => void {
  let last = -Infinity;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  return () => {
    const now = Date.now();
    if (now - last >= span) {
      last = now;
      run();
    } else if (waiting === undefined) {
      waiting = setTimeout(
        () => {
          waiting = undefined;
          last = Date.now();
          run();
        },
        last + span - now,
      );
    }
  };
}

export interface ActionGroup {
  key: string;
  newest: Action;
  count: number;
}

/** So many lines back the same outcome for the same workload joins: rollouts of several workloads interleave. */
const near = 6;

/** The same outcome for the same workload close by reads as one line. */
export function groupActions(items: Action[]): ActionGroup[] {
  const groups: ActionGroup[] = [];
  for (const each of items) {
    const same = groups
      .slice(-near)
      .find(
        ({ newest }) =>
          newest.workload === each.workload && newest.action === each.action && newest.done === each.done && newest.why === each.why,
      );
    if (same) same.count += 1;
    else groups.push({ key: String(each.seq), newest: each, count: 1 });
  }
  return groups;
}
