// What can be done with the chosen workloads, asked once more before it is done.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../api/client';
import type { ChangeResult } from '../api/types';
import * as format from '../lib/format';
import { Dialog, Icon } from './parts';
import { say } from './toast';

export type Change =
  | { kind: 'automation'; automated: boolean }
  | { kind: 'exclusion'; excluded: boolean }
  | { kind: 'policy'; policy: string };

export interface Target {
  workloads?: string[];
  filter?: Record<string, string>;
}

export function useChange(onDone?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ change, target, why }: { change: Change; target: Target; why: string }) => {
      const { kind, ...value } = change;
      return post<ChangeResult>(`/workloads/${kind}`, { ...value, ...target, ...(why ? { why } : {}) });
    },
    onSuccess: (result) => {
      if (result.failed > 0)
        say(`${format.plural(result.failed, 'change')} failed: ${result.failures[0]?.message ?? 'unknown'}`, 'bad');
      if (result.changed > 0) say(`${format.plural(result.changed, 'workload')} changed.`);
      else if (result.failed === 0) say('Nothing to change: it was so already.');
      void client.invalidateQueries();
      onDone?.();
    },
    onError: (error) => say(error.message, 'bad'),
  });
}

const texts = {
  automate: ['Automate', 'Their pods are resized in place, or restarted where that cannot work, as soon as it is safe.'],
  stop: ['Stop automating', 'Running pods stay as they are; new pods get the owner’s own requests again.'],
  exclude: ['Exclude', 'They are never changed, whoever grants automation, until they are included again.'],
  include: ['Include again', 'They may be automated again.'],
  policy: ['Set policy', 'The next recommendation follows this policy.'],
} as const;
type Wish = keyof typeof texts;

export function changeOf(wish: Wish, policy = ''): Change {
  if (wish === 'policy') return { kind: 'policy', policy };
  if (wish === 'exclude' || wish === 'include') return { kind: 'exclusion', excluded: wish === 'exclude' };
  return { kind: 'automation', automated: wish === 'automate' };
}

export function ConfirmChange({
  wish,
  subject,
  target,
  policies = [],
  onClose,
  onDone,
}: {
  wish: Wish;
  subject: string;
  target: Target;
  policies?: string[];
  onClose: () => void;
  onDone?: () => void;
}) {
  const [why, setWhy] = useState('');
  const [policy, setPolicy] = useState('');
  const change = useChange(() => {
    onDone?.();
    onClose();
  });
  const [verb, explanation] = texts[wish];
  return (
    <Dialog
      title={`${verb}: ${subject}`}
      onClose={onClose}
      actions={
        <>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className={`button ${wish === 'exclude' || wish === 'stop' ? 'button-danger' : 'button-primary'}`}
            disabled={change.isPending}
            onClick={() => change.mutate({ change: changeOf(wish, policy), target, why })}
          >
            {change.isPending ? 'Working…' : verb}
          </button>
        </>
      }
    >
      <p>{explanation}</p>
      {wish === 'policy' && (
        <label className="field">
          <span>Policy</span>
          <select autoFocus value={policy} onChange={(event) => setPolicy(event.target.value)}>
            <option value="">As the rules say</option>
            {policies.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      <label className="field">
        <span>Why (for the audit log)</span>
        <input autoFocus={wish !== 'policy'} value={why} maxLength={1000} onChange={(event) => setWhy(event.target.value)} />
      </label>
    </Dialog>
  );
}

export function BulkBar({
  ids,
  total,
  filter,
  everything,
  offerEverything,
  onEverything,
  policies,
  may,
  readOnly,
  onDone,
}: {
  ids: string[];
  total: number;
  filter: Record<string, string>;
  everything: boolean;
  offerEverything: boolean;
  onEverything: () => void;
  policies: string[];
  may: boolean;
  readOnly: boolean;
  onDone: () => void;
}) {
  const [wish, setWish] = useState<Wish | null>(null);
  const n = everything ? total : ids.length;
  const target: Target = everything
    ? { filter: Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== '')) }
    : { workloads: ids };
  return (
    <div className="bulk" role="region" aria-label="Chosen workloads">
      <strong>{format.plural(n, 'workload')}</strong>
      {offerEverything && !everything && (
        <button className="link" onClick={onEverything}>
          Choose all {format.count(total)}
        </button>
      )}
      <span className="grow" />
      {!may && <span className="faint">{readOnly ? 'Read-only: nothing is changed from here' : 'Only operators may change them'}</span>}
      <button className="button button-primary" disabled={!may} onClick={() => setWish('automate')}>
        <Icon name="spark" size={16} />
        Automate
      </button>
      <button className="button" disabled={!may} onClick={() => setWish('policy')}>
        Policy
      </button>
      <button className="button" disabled={!may} onClick={() => setWish('stop')}>
        Stop
      </button>
      <button className="button" disabled={!may} onClick={() => setWish('exclude')}>
        Exclude
      </button>
      <button className="icon-button" onClick={onDone} aria-label="Choose none">
        <Icon name="cross" size={16} />
      </button>
      {wish && (
        <ConfirmChange wish={wish} subject={format.plural(n, 'workload')} target={target} policies={policies} onClose={() => setWish(null)} onDone={onDone} />
      )}
    </div>
  );
}
