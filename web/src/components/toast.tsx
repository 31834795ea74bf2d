// Short messages about what was done, read out by screen readers.
import { useSyncExternalStore } from 'react';

interface Toast {
  id: number;
  tone: 'good' | 'bad';
  text: string;
}
let toasts: Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();
const publish = (next: Toast[]) => {
  toasts = next;
  listeners.forEach((each) => each());
};

export function say(text: string, tone: Toast['tone'] = 'good') {
  const id = ++last;
  publish([...toasts, { id, tone, text }].slice(-4));
  setTimeout(() => publish(toasts.filter((each) => each.id !== id)), tone === 'bad' ? 9000 : 5000);
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((each) => (
        <div key={each.id} className={`toast toast-${each.tone}`}>
          {each.text}
        </div>
      ))}
    </div>
  );
}
