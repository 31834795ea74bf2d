import { expect, it } from 'vitest';
import type { Action } from '../api/types';
import { actionText } from './action-text';

const amounts = (cpu: number) => ({ requests: { cpu, memory: 1024 ** 2 }, limits: { cpu: null, memory: null } });
const action: Action = {
  seq: 1,
  at: '2026-01-05T00:00:00Z',
  workload: 'shop/Deployment/cart',
  pod: 'cart-1',
  container: 'main',
  action: 'resize',
  done: true,
  why: '',
  detail: '',
  before: amounts(500),
  after: amounts(220),
};

it('tells what was done', () => {
  expect(actionText(action)).toEqual(['Resized', 'CPU 500m → 220m']);
  expect(actionText({ ...action, action: 'evict' })[0]).toBe('Restarted');
});

it('tells why something was held back, also where sizes are known', () => {
  const held = { ...action, done: false, why: 'rollout-in-progress', detail: 'a rollout is in progress' };
  expect(actionText(held)).toEqual(['Held back', 'a rollout is in progress · CPU 500m → 220m']);
  expect(actionText({ ...held, detail: '', after: held.before })).toEqual(['Held back', 'rollout in progress']);
});
