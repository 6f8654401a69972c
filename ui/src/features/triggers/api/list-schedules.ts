import { infiniteQueryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type Trigger = Shape<'TriggerView'>;

/** All schedules, each with its next ten times and what came of the last, page by page. */
export const schedulesQuery = infiniteQueryOptions({
  queryKey: ['triggers', 'schedules'],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/scheduler/jobs', { signal, params: { query: { limit: '100', after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
  refetchInterval: query => ((query.state.data?.pages.length ?? 1) === 1 ? 10_000 : false),
});
