import { queryOptions } from '@tanstack/react-query';
import { allPages } from './all-pages';
import { answerOf, hub } from './client';

/** The saved endpoints by name, for choosing one. */
export const endpointNamesQuery = queryOptions({
  queryKey: ['endpoints', 'names'],
  queryFn: async ({ signal }) => (await allPages(query => answerOf(hub.GET('/api/endpoints', { signal, params: { query } })))).items.map(({ name, kind }) => ({ name, kind })),
  staleTime: 30_000,
});
