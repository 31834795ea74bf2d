// The live stream: what happens in the cluster renews what the pages show. The browser resumes by Last-Event-ID.
import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { syncClock } from '../lib/clock';
import type { Action } from './types';
import { prependAction, throttle } from './reduce';

export type LiveState = 'connecting' | 'open' | 'lost';

let state: LiveState = 'connecting';
const listeners = new Set<() => void>();
function set(next: LiveState) {
  if (state === next) return;
  state = next;
  listeners.forEach((each) => each());
}

export const useLiveState = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );

/** Neither restarts what is being asked, nor asks anew what failed: that would hide the failure for ever. */
export const renewQueries = (client: QueryClient, key: string) =>
  client.invalidateQueries({ queryKey: [key], predicate: (query) => query.state.data !== undefined }, { cancelRefetch: false });

/** Keeps one stream open for as long as the component lives. */
export function useLive(client: QueryClient, enabled: boolean) {
  useEffect(() => {
    if (!enabled) return;
    const renew = (...keys: string[]) =>
      throttle(1000, () => {
        if (document.hidden) return;
        for (const key of keys) void renewQueries(client, key);
      });
    const renewSample = renew('overview', 'series', 'workloads', 'workload');
    const renewAdvice = renew('workloads', 'workload', 'overview');
    const renewActions = renew('workload', 'overview', 'actions');
    const renewHealth = renew('health', 'components', 'overview');
    const renewPolicies = renew('policies', 'rules');
    const renewAudit = renew('audit', 'workload');

    let source: EventSource;
    let again: ReturnType<typeof setTimeout>;
    const open = () => {
      source = new EventSource('/api/v1/live');
      source.onopen = () => set('open');
      source.onerror = () => {
        set('lost');
        // A refusal (a proxy's 502, say) closes the stream for good; only a break is mended by the browser.
        if (source.readyState === EventSource.CLOSED) again = setTimeout(open, 5000);
      };
      listen();
    };
    const listen = () => {
      const on = (type: string, handler: (data: string) => void) =>
        source.addEventListener(type, (event) => handler((event as MessageEvent<string>).data));
      on('hello', (data) => {
        // What was missed cannot be told: read everything anew.
        if (!(JSON.parse(data) as { resumed: boolean }).resumed) void client.invalidateQueries();
      });
      on('series', (data) => {
        syncClock(Date.parse((JSON.parse(data) as { now: string }).now));
        renewSample();
      });
      on('action', (data) => {
        const action = JSON.parse(data) as Action;
        client.setQueryData<{ items: Action[] }>(['actions', 'stream'], (old) => prependAction(old, action));
        renewActions();
      });
      on('oom', () => renewActions());
      on('recommendation', () => renewAdvice());
      on('policy', () => renewPolicies());
      on('health', () => renewHealth());
      on('audit', () => renewAudit());
    };
    open();
    const woken = () => {
      if (!document.hidden) void client.invalidateQueries();
    };
    document.addEventListener('visibilitychange', woken);
    return () => {
      clearTimeout(again);
      source.close();
      document.removeEventListener('visibilitychange', woken);
    };
  }, [client, enabled]);
}
