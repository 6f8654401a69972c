import { QueryClient } from '@tanstack/react-query';
import { onReturn } from './connection';
import { isPassing } from './problem';

const retriesMax = 3;

/** What was answered is shown at once when it is asked for again, and replaced when the hub says otherwise. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: (count, error) => isPassing(error) && count < retriesMax,
      retryDelay: count => Math.min(500 * 2 ** count, 4_000),
      networkMode: 'always',
    },
    // What changes something is sent once: the person decides whether to send it again.
    mutations: { retry: false, networkMode: 'always' },
  },
});

onReturn(() => void queryClient.invalidateQueries());
