import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

const limit = '6';

/** What waits for one's own yes or no. */
export const approvalsQuery = queryOptions({
  queryKey: ['approvals'],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/approvals', { signal, params: { query: { limit } } }))).items,
  refetchInterval: 5_000,
});
