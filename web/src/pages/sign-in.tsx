// Sign-in with any token that the cluster accepts; the browser keeps a session cookie, never the token.
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { post, rememberSession, remove } from '../api/client';
import type { Session } from '../api/types';
import { Dialog, Icon } from '../components/parts';
import { say } from '../components/toast';

async function signIn(client: QueryClient, token: string) {
  const session = await post<Session>('/session', { token });
  rememberSession(session);
  client.setQueryData(['session'], session);
  void client.invalidateQueries();
}

export async function signOut(client: QueryClient) {
  try {
    await remove('/session');
    say('Signed out.');
  } catch (error) {
    say(error instanceof Error ? error.message : 'Signing out failed.', 'bad');
  }
  await client.invalidateQueries();
}

function tokenOfLink(): string {
  if (location.hash.startsWith('#token=')) return decodeURIComponent(location.hash.slice('#token='.length));
  return new URLSearchParams(location.search).get('token') ?? '';
}

/** A link that ends in #token=… (or ?token=…) signs in once; the token leaves the address bar at once. */
export function useLinkToken(): boolean {
  const client = useQueryClient();
  const [busy, setBusy] = useState(() => tokenOfLink() !== '');
  const started = useRef(false);
  // The link may be opened in a tab that shows the dashboard already: then only the fragment changes.
  useEffect(() => {
    const again = () => {
      if (tokenOfLink() === '') return;
      started.current = false;
      setBusy(true);
    };
    window.addEventListener('hashchange', again);
    return () => window.removeEventListener('hashchange', again);
  }, []);
  useEffect(() => {
    if (!busy || started.current) return;
    started.current = true;
    const token = tokenOfLink();
    const query = new URLSearchParams(location.search);
    query.delete('token');
    history.replaceState(null, '', location.pathname + (query.size > 0 ? `?${query}` : ''));
    signIn(client, token)
      .catch((error: Error) => say(error.message, 'bad'))
      .finally(() => setBusy(false));
  }, [busy, client]);
  return busy;
}

export function SignIn({ onClose }: { onClose?: () => void }) {
  const client = useQueryClient();
  const [token, setToken] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setError('');
    try {
      await signIn(client, token.trim());
      onClose?.();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : 'Signing in failed.');
    } finally {
      setBusy(false);
    }
  };
  const fields = (
    <>
      <label className="field">
        <span>Token</span>
        <input
          type="password"
          autoComplete="off"
          autoFocus
          required
          value={token}
          aria-invalid={error !== ''}
          aria-describedby="sign-in-help"
          onChange={(event) => setToken(event.target.value)}
        />
      </label>
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      <p id="sign-in-help" className="hint">
        Any token that the cluster accepts, for example
        <code>kubectl create token my-account</code>
      </p>
    </>
  );
  if (onClose) {
    return (
      <Dialog
        title="Sign in"
        onClose={onClose}
        actions={
          <>
            <button type="button" className="button" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" className="button button-primary" disabled={busy || token.trim() === ''} onClick={() => void submit()}>
              Sign in
            </button>
          </>
        }
      >
        {fields}
      </Dialog>
    );
  }
  return (
    <main className="alone">
      <form
        className="card sign-in"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <span className="sign-in-mark">
          <Icon name="shield" size={26} />
        </span>
        <h1>Sign in to ScaleOps</h1>
        {fields}
        <button type="submit" className="button button-primary button-wide" disabled={busy || token.trim() === ''}>
          {busy ? 'Checking…' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}
