// Small parts that every page uses.
import { useEffect, useRef, type ReactNode } from 'react';
import { ApiError } from '../api/client';
import type { AutomationState } from '../api/types';
import { useClusterNow } from '../lib/clock';
import * as format from '../lib/format';

const paths = {
  overview: 'M3 12l9-8 9 8v8a1 1 0 0 1-1 1h-5v-6H9v6H4a1 1 0 0 1-1-1z',
  workloads: 'M4 5h16v5H4zM4 14h16v5H4zM7 7.5h.01M7 16.5h.01',
  policies: 'M4 7h10M18 7h2M4 17h2M10 17h10M14 4.5v5M6 14.5v5',
  events: 'M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  health: 'M3 12h4l2.5-6 4 12 2.5-6h5',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6l1.4 1.4M17 17l1.4 1.4M18.4 5.6L17 7M7 17l-1.4 1.4',
  moon: 'M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5z',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 5l12 7-12 7z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M6 6l12 12M18 6L6 18',
  alert: 'M12 9v4M12 16.5h.01M10.3 4.2L2.8 17.5A2 2 0 0 0 4.5 20.5h15a2 2 0 0 0 1.7-3L13.7 4.2a2 2 0 0 0-3.4 0z',
  spark: 'M13 3L5 14h6l-1 7 8-11h-6z',
  arrow: 'M5 12h14M13 6l6 6-6 6',
  back: 'M19 12H5M11 18l-6-6 6-6',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20.5c1.2-4 4.3-5.5 8-5.5s6.8 1.5 8 5.5',
  resize: 'M4 14v6h6M20 10V4h-6M4 20l7-7M20 4l-7 7',
  evict: 'M4 12a8 8 0 0 1 14-5.3L20 9M20 4v5h-5M20 12a8 8 0 0 1-14 5.3L4 15M4 20v-5h5',
  shield: 'M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z',
  download: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
} as const;
export type IconName = keyof typeof paths;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

export function Ago({ at }: { at: string | number | null | undefined }) {
  // A cluster in time-lapse can be ahead of what the page knows of its clock: nothing shown here lies ahead.
  const then = at == null ? at : new Date(at).getTime();
  const now = Math.max(useClusterNow(), then ?? 0);
  return <time title={format.dateTime(at)}>{format.relative(then, now)}</time>;
}

export const automationWords: Record<AutomationState, string> = {
  automated: 'Automated',
  open: 'Not automated',
  excluded: 'Excluded',
  system: 'System',
};
export function AutomationBadge({ state }: { state: AutomationState }) {
  return <span className={`badge badge-${state}`}>{automationWords[state]}</span>;
}

export function Badge({ tone, children }: { tone: 'good' | 'bad' | 'warn' | 'plain' | 'info'; children: ReactNode }) {
  return <span className={`badge badge-${tone}`}>{children}</span>;
}

export function Card({ title, aside, children, className = '' }: { title?: ReactNode; aside?: ReactNode; children: ReactNode; className?: string }) {
  return (
    <section className={`card ${className}`}>
      {(title || aside) && (
        <header className="card-head">
          {title && <h2>{title}</h2>}
          {aside && <div className="card-aside">{aside}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

export function Empty({ icon = 'check', title, children }: { icon?: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={22} />
      </span>
      <strong>{title}</strong>
      {children && <p>{children}</p>}
    </div>
  );
}

const titles: Record<number, string> = { 0: 'No answer', 403: 'Not for your role', 404: 'Not found' };

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const known = error instanceof ApiError;
  return (
    <div className="empty failure" role="alert">
      <span className="empty-icon">
        <Icon name="alert" size={22} />
      </span>
      <strong>{(known && titles[error.status]) || 'This could not be loaded'}</strong>
      <p>{error instanceof Error ? error.message : 'Unknown failure.'}</p>
      {retry && (
        <button className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Skeleton({ height = 16, width = '100%' }: { height?: number; width?: number | string }) {
  return <span className="skeleton" style={{ height, width }} aria-hidden="true" />;
}

export function SkeletonLines({ lines = 4 }: { lines?: number }) {
  return (
    <div className="skeleton-lines" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => (
        <Skeleton key={i} width={`${92 - ((i * 17) % 40)}%`} />
      ))}
    </div>
  );
}

/** One of a few choices, as a row of buttons. */
export function Segments<T extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  value: T;
  choices: readonly (readonly [T, ReactNode])[];
  onChange: (value: T) => void;
}) {
  return (
    <div className="segments" role="radiogroup" aria-label={label}>
      {choices.map(([key, text]) => (
        <button
          key={key}
          role="radio"
          aria-checked={key === value}
          tabIndex={key === value ? 0 : -1}
          className={key === value ? 'on' : ''}
          onClick={() => onChange(key)}
          onKeyDown={(event) => {
            const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
            if (!step) return;
            event.preventDefault();
            const at = choices.findIndex(([each]) => each === value);
            const next = (at + step + choices.length) % choices.length;
            onChange(choices[next][0]);
            (event.currentTarget.parentElement?.children[next] as HTMLElement | undefined)?.focus();
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

export function Dialog({ title, onClose, children, actions }: { title: string; onClose: () => void; children: ReactNode; actions: ReactNode }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    ref.current?.showModal();
  }, []);
  return (
    <dialog ref={ref} onClose={onClose} onClick={(event) => event.target === ref.current && onClose()} aria-label={title}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <h2>{title}</h2>
        <div className="dialog-body">{children}</div>
        <div className="dialog-actions">{actions}</div>
      </form>
    </dialog>
  );
}

/** Used, requested and recommended on one line: a bar inside a bar with a mark. */
export function UsageBar({
  used,
  requested,
  recommended,
  resource,
  scale,
}: {
  used: number | null;
  requested: number;
  recommended: number;
  resource: format.Resource;
  scale?: number;
}) {
  const top = scale ?? Math.max(used ?? 0, requested, recommended, 1);
  const width = (value: number) => `${Math.min(100, (value / top) * 100)}%`;
  const text = `${format.amount(resource, used)} used, ${format.amount(resource, requested)} requested, ${format.amount(resource, recommended)} recommended`;
  return (
    <span className="usage-bar" role="img" aria-label={text} title={text}>
      <span className="usage-requested" style={{ width: width(requested) }} />
      {used != null && <span className="usage-used" style={{ width: width(used) }} />}
      <span className="usage-mark" style={{ left: width(recommended) }} />
    </span>
  );
}
