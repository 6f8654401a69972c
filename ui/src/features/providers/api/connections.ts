import { queryOptions } from '@tanstack/react-query';
import { allPages } from '@/api/all-pages';
import { answerOf, hub, type Shape } from '@/api/client';

export type Connection = Shape<'ConnectionView'>;

/** The connections to one provider, or to all. */
export const connectionsQuery = (provider?: string) => queryOptions({
  queryKey: ['connections', 'list', provider],
  queryFn: async ({ signal }): Promise<Connection[]> =>
    (await allPages(query => answerOf(hub.GET('/api/connections', { signal, params: { query: { provider, ...query } } })))).items,
});
