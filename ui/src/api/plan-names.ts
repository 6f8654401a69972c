import { queryOptions } from '@tanstack/react-query';
import { allPages } from './all-pages';
import { answerOf, hub } from './client';

/** The plans by name, for choosing one. */
export const planNamesQuery = queryOptions({
  queryKey: ['plans', 'names'],
  queryFn: async ({ signal }) => (await allPages(query => answerOf(hub.GET('/api/plans', { signal, params: { query } })))).items,
  staleTime: 30_000,
});
