import { infiniteQueryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

export interface LogSearch {
  execution: string;
  level?: string;
  q?: string;
}

const limit = '500';

/** All lines of an execution that fit, from the first on, page by page. */
export const logSearchQuery = ({ execution, level, q }: LogSearch) => infiniteQueryOptions({
  queryKey: ['executions', 'log', execution, { level, q }],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/execution-logs', { signal, params: { query: { execution, level, q, limit, after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
});
