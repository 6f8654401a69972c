import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from './client';

const namesMax = '500';

/** The saved endpoints by name, for choosing one. */
export const endpointNamesQuery = queryOptions({
  queryKey: ['endpoints', 'names'],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/endpoints', { signal, params: { query: { limit: namesMax } } }))).items.map(({ name, kind }) => ({ name, kind })),
  staleTime: 30_000,
});
