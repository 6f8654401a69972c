import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';
import { streamOf } from '@/api/newest';

export type Execution = Shape<'Execution'>;

export interface ExecutionFilter {
  status?: string;
  plan?: string;
}

const limit = '60';

/** Executions, the newest first, page by page. */
export const executionsQuery = ({ status, plan }: ExecutionFilter) => infiniteQueryOptions({
  queryKey: ['executions', 'list', { status, plan }],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/executions', { signal, params: { query: { status, plan, limit, after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
  placeholderData: keepPreviousData,
});

/** Where the first page of them is followed. */
export const executionsStream = ({ status, plan }: ExecutionFilter) => streamOf('/api/executions', { status, plan, limit });
