import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type Endpoint = Shape<'EndpointView'>;

/** Every saved endpoint, by name. */
export const endpointsQuery = queryOptions({
  queryKey: ['endpoints', 'list'],
  queryFn: async ({ signal }) => {
    const all: Endpoint[] = [];
    let after: string | undefined;
    do {
      const page = await answerOf(hub.GET('/api/endpoints', { signal, params: { query: { limit: '500', after } } }));
      all.push(...page.items);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return all;
  },
  staleTime: 10_000,
});
