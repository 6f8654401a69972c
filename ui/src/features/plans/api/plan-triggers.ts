import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** What starts a plan by itself. */
export const planTriggersQuery = (plan: string) => queryOptions({
  queryKey: ['triggers', 'of-plan', plan],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/triggers', { signal, params: { query: { plan } } }))).items,
  refetchInterval: 30_000,
});
