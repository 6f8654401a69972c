import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type Connection = Shape<'ConnectionView'>;

/** The connections to one provider, or to all. */
export const connectionsQuery = (provider?: string) => queryOptions({
  queryKey: ['connections', 'list', provider],
  queryFn: async ({ signal }) => {
    const found: Connection[] = [];
    let after: string | undefined;
    do {
      const page = await answerOf(hub.GET('/api/connections', { signal, params: { query: { provider, limit: '500', after } } }));
      found.push(...page.items);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return found;
  },
});
