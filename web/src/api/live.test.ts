import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { renewQueries } from './live';

it('renews what is known, once at a time, and lets a failure be seen', async () => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const slow = vi.fn(() => new Promise<number>(() => {}));
  const failing = vi.fn(() => Promise.reject(new Error('broken')));
  client.setQueryData(['series', 'known'], 1);
  const known = new QueryObserver(client, { queryKey: ['series', 'known'], queryFn: slow, staleTime: Infinity });
  const broken = new QueryObserver(client, { queryKey: ['series', 'broken'], queryFn: failing });
  const stops = [known.subscribe(() => {}), broken.subscribe(() => {})];
  await vi.waitFor(() => expect(broken.getCurrentResult().isError).toBe(true));
  void renewQueries(client, 'series');
  void renewQueries(client, 'series');
  expect(slow).toHaveBeenCalledTimes(1);
  expect(failing).toHaveBeenCalledTimes(1);
  expect(broken.getCurrentResult().isError).toBe(true);
  stops.forEach((stop) => stop());
});
