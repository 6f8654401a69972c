import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';
import { streamOf } from '@/api/newest';
import { sinceOf } from '@/components/time/period';

export type Execution = Shape<'Execution'>;

export interface ExecutionFilter {
  status?: string;
  plan?: string;
  /** "1d", "7d" or "30d": so far back from now. */
  period?: string;
}

const limit = '60';

/** Executions, the newest first, page by page. */
export const executionsQuery = ({ status, plan, period }: ExecutionFilter) => infiniteQueryOptions({
  queryKey: ['executions', 'list', { status, plan, period }],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/executions', { signal, params: { query: { status, plan, since: sinceOf(period, Date.now()), limit, after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
  placeholderData: keepPreviousData,
});

/** Where the first page of them is followed. */
export const executionsStream = ({ status, plan, period }: ExecutionFilter) => streamOf('/api/executions', { status, plan, since: sinceOf(period, Date.now()), limit });
