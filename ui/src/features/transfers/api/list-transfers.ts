import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';
import { sinceOf } from '@/components/time/period';

export type Transfer = Shape<'Transfer'>;

export interface TransferFilter {
  q?: string;
  status?: string;
  endpoint?: string;
  template?: string;
  /** Answers to it are transfers that took up its failures. */
  retry_of?: string;
  /** "1d", "7d" or "30d": so far back from now. */
  period?: string;
}

const limit = '60';
const movingMax = '20';

/** Transfers, the newest first, page by page. */
export const transfersQuery = ({ q, status, endpoint, template, retry_of, period }: TransferFilter) => infiniteQueryOptions({
  queryKey: ['transfers', 'list', { q, status, endpoint, template, retry_of, period }],
  queryFn: ({ pageParam, signal }) =>
    answerOf(hub.GET('/api/transfers', { signal, params: { query: { q, status, endpoint, template, retry_of, since: sinceOf(period, Date.now()), limit, after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
  placeholderData: keepPreviousData,
});

/** What moves now. */
export const movingQuery = queryOptions({
  queryKey: ['transfers', 'moving'],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/transfers', { signal, params: { query: { status: 'running', limit: movingMax } } }))).items,
});
