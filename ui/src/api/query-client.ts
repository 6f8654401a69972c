import { QueryCache, QueryClient } from '@tanstack/react-query';
import { onReturn } from './connection';
import { isPassing, isStatus } from './problem';

const retriesMax = 3;

/** What was answered is shown at once when it is asked for again, and replaced when the hub says otherwise. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that ended meanwhile is found out by whatever is asked next; who is signed in is asked again then, which leads to the sign-in.
    onError: (error, query) => {
      if (isStatus(error, 401) && query.queryKey[0] !== 'me') void queryClient.invalidateQueries({ queryKey: ['me'] });
    },
  }),
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
