import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type LastExecution = Pick<Shape<'Execution'>, 'id' | 'status' | 'started_at' | 'created_at'>;

/** The newest execution of each plan that is among the newest 500, by the plans' names. */
export const lastExecutionsQuery = queryOptions({
  queryKey: ['executions', 'last'],
  queryFn: async ({ signal }): Promise<ReadonlyMap<string, LastExecution>> => {
    const { items } = await answerOf(hub.GET('/api/executions', { signal, params: { query: { limit: '500' } } }));
    return new Map(items.filter(execution => execution.plan !== null).toReversed().map(execution => [execution.plan!, execution]));
  },
  refetchInterval: 5_000,
});
