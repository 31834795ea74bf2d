// The switch that stops everything: no resize, no restart, until somebody resumes.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../api/client';
import type { Overview } from '../api/types';
import { Dialog, Icon } from './parts';
import { say } from './toast';

export function PauseSwitch({ pause, may }: { pause: Overview['pause']; may: boolean }) {
  const [asking, setAsking] = useState(false);
  const [why, setWhy] = useState('');
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (paused: boolean) => post(`/updates/${paused ? 'pause' : 'resume'}`, { why }),
    onSuccess: (_, paused) => {
      say(paused ? 'All changes are stopped.' : 'Changes go on.');
      setAsking(false);
      setWhy('');
      void client.invalidateQueries();
    },
    onError: (error) => say(error.message, 'bad'),
  });
  if (!pause.connected) return null;
  const label = pause.paused ? 'Stopped' : 'Stop changes';
  return (
    <>
      <button
        className={`button ${pause.paused ? 'button-warn' : ''}`}
        disabled={!may}
        title={may ? (pause.paused ? `Stopped by ${pause.by}` : 'No resize and no restart until resumed') : 'Your role cannot stop the platform'}
        onClick={() => setAsking(true)}
      >
        <Icon name={pause.paused ? 'play' : 'pause'} size={16} />
        <span className="wide-only">{label}</span>
      </button>
      {asking && (
        <Dialog
          title={pause.paused ? 'Resume changes?' : 'Stop all changes?'}
          onClose={() => setAsking(false)}
          actions={
            <>
              <button type="button" className="button" onClick={() => setAsking(false)}>
                Cancel
              </button>
              <button
                type="submit"
                className={`button ${pause.paused ? 'button-primary' : 'button-danger'}`}
                disabled={change.isPending}
                onClick={() => change.mutate(!pause.paused)}
              >
                {pause.paused ? 'Resume' : 'Stop all changes'}
              </button>
            </>
          }
        >
          <p>
            {pause.paused
              ? `${pause.by} stopped the platform${pause.why ? ` (“${pause.why}”)` : ''}. Resizes and restarts go on for automated workloads.`
              : 'Running pods are neither resized nor restarted until somebody resumes. Recommendations go on.'}
          </p>
          <label className="field">
            <span>Why (for the audit log)</span>
            <input autoFocus value={why} maxLength={1000} onChange={(event) => setWhy(event.target.value)} />
          </label>
        </Dialog>
      )}
    </>
  );
}
