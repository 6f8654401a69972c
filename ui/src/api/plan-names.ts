import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from './client';

const namesMax = '500';

/** The plans by name, for choosing one. */
export const planNamesQuery = queryOptions({
  queryKey: ['plans', 'names'],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/plans', { signal, params: { query: { limit: namesMax } } }))).items,
  staleTime: 30_000,
});
