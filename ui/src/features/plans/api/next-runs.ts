import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** When plans run next by their schedules, by the plans' names. */
export const nextRunsQuery = queryOptions({
  queryKey: ['plans', 'next'],
  queryFn: async ({ signal }): Promise<ReadonlyMap<string, string>> => {
    const { items } = await answerOf(hub.GET('/api/triggers', { signal, params: { query: { limit: '500' } } }));
    const next = new Map<string, string>();
    for (const { plan, next_at: at } of items) {
      if (plan !== undefined && at != null && (next.get(plan) ?? at) >= at) next.set(plan, at);
    }
    return next;
  },
  refetchInterval: 30_000,
});
