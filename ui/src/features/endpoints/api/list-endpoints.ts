import { queryOptions } from '@tanstack/react-query';
import { allPages } from '@/api/all-pages';
import { answerOf, hub, type Shape } from '@/api/client';

export type Endpoint = Shape<'EndpointView'>;

/** Every saved endpoint, by name. */
export const endpointsQuery = queryOptions({
  queryKey: ['endpoints', 'list'],
  queryFn: async ({ signal }): Promise<Endpoint[]> => (await allPages(query => answerOf(hub.GET('/api/endpoints', { signal, params: { query } })))).items,
  staleTime: 10_000,
});
