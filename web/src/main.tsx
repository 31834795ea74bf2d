import '@fontsource-variable/inter/wght.css';
import { MutationCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client';
import { App } from './app';
import './styles/base.css';
import './styles/parts.css';
import './styles/forms.css';
import './styles/frame.css';
import './styles/charts.css';
import './styles/pages.css';
import './styles/tables.css';
import './styles/narrow.css';

const client: QueryClient = new QueryClient({
  // A session ends by itself: what the page offers must follow at once.
  mutationCache: new MutationCache({
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) void client.invalidateQueries({ queryKey: ['session'] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 500, // the live stream says when to ask again
      refetchInterval: 30_000, // and this is for when it is silent
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      placeholderData: (before: unknown) => before,
    },
  },
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
