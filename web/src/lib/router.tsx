// Pages by path, filters by query: the smallest router that the app needs.
import { useCallback, useMemo, useSyncExternalStore, type AnchorHTMLAttributes } from 'react';

const listeners = new Set<() => void>();
const notify = () => listeners.forEach((each) => each());
window.addEventListener('popstate', notify);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function navigate(to: string, options: { replace?: boolean } = {}) {
  if (to === location.pathname + location.search) return;
  const samePath = to.split('?')[0] === location.pathname;
  history[options.replace ? 'replaceState' : 'pushState'](null, '', to);
  if (!samePath) document.querySelector('.body')?.scrollTo(0, 0);
  notify();
}

export const usePath = () => useSyncExternalStore(subscribe, () => location.pathname);

/** The query's parameters, and a way to change some of them (empty: removed). */
export function useQueryState(): [Record<string, string>, (change: Record<string, string>) => void] {
  const search = useSyncExternalStore(subscribe, () => location.search);
  const values = useMemo(() => Object.fromEntries(new URLSearchParams(search)), [search]);
  const set = useCallback((change: Record<string, string>) => {
    const next = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(change)) {
      if (value === '') next.delete(key);
      else next.set(key, value);
    }
    const text = next.toString();
    navigate(location.pathname + (text ? `?${text}` : ''), { replace: true });
  }, []);
  return [values, set];
}

export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  return (
    <a
      href={href}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        navigate(href);
      }}
      {...rest}
    />
  );
}

export const workloadHref = (id: string) => `/workloads/${id.split('/').map(encodeURIComponent).join('/')}`;
