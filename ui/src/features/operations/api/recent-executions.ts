import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type RecentExecution = Shape<'Execution'>;

const limit = '6';

/** The newest few in this state. */
export const recentExecutionsQuery = (status: 'running' | 'failed') => queryOptions({
  queryKey: ['executions', 'recent', status],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/executions', { signal, params: { query: { status, limit } } }))).items,
  refetchInterval: 3_000,
});
