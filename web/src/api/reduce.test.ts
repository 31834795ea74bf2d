import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { groupActions, prependAction, streamLength, throttle } from './reduce';
import type { Action } from './types';

const action = (seq: number, more: Partial<Action> = {}): Action => ({
  seq,
  at: '2026-01-05T00:00:00Z',
  workload: 'shop/Deployment/cart',
  pod: 'cart-1',
  container: 'main',
  action: 'resize',
  done: true,
  why: '',
  detail: '',
  before: { requests: { cpu: 1, memory: 1 }, limits: { cpu: null, memory: null } },
  after: { requests: { cpu: 1, memory: 1 }, limits: { cpu: null, memory: null } },
  ...more,
});

describe('the stream of actions', () => {
  it('puts the newest first, each once, whatever the order of arrival', () => {
    let state = prependAction(undefined, action(2));
    state = prependAction(state, action(3));
    state = prependAction(state, action(1));
    state = prependAction(state, action(3));
    expect(state.items.map((each) => each.seq)).toEqual([3, 2, 1]);
  });

  it('stays short', () => {
    let state = { items: [] as Action[] };
    for (let i = 1; i <= streamLength + 5; ++i) state = prependAction(state, action(i));
    expect(state.items).toHaveLength(streamLength);
    expect(state.items[0].seq).toBe(streamLength + 5);
  });

  it('reads repeated outcomes as one line', () => {
    const groups = groupActions([action(5), action(4), action(3, { done: false, why: 'cool-down' }), action(2)]);
    expect(groups.map((group) => group.count)).toEqual([3, 1]);
  });

  it('keeps apart what lies far apart', () => {
    const between = [8, 7, 6, 5, 4, 3].map((seq) => action(seq, { workload: `shop/Deployment/${seq}` }));
    const groups = groupActions([action(9), ...between, action(2)]);
    expect(groups.map((group) => group.newest.seq)).toEqual([9, 8, 7, 6, 5, 4, 3, 2]);
  });
});

describe('throttle', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('runs at once, then at most once a span, and never loses the last call', () => {
    const run = vi.fn();
    const call = throttle(1000, run);
    call();
    call();
    call();
    expect(run).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1000);
    expect(run).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(5000);
    expect(run).toHaveBeenCalledTimes(2);
    call();
    expect(run).toHaveBeenCalledTimes(3);
  });
});
