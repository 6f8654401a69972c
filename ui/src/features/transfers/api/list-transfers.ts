import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';
import { streamOf } from '@/api/newest';
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
const textMin = 2;

/** The hub finds texts of two characters or more. */
const asked = (filter: TransferFilter): TransferFilter => (filter.q !== undefined && filter.q.length < textMin ? { ...filter, q: undefined } : filter);

/** Transfers, the newest first, page by page. */
export const transfersQuery = (filter: TransferFilter) => {
  const { q, status, endpoint, template, retry_of, period } = asked(filter);
  return infiniteQueryOptions({
    queryKey: ['transfers', 'list', { q, status, endpoint, template, retry_of, period }],
    queryFn: ({ pageParam, signal }) =>
      answerOf(hub.GET('/api/transfers', { signal, params: { query: { q, status, endpoint, template, retry_of, since: sinceOf(period, Date.now()), limit, after: pageParam ?? undefined } } })),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
};

/** Where the first page of them is followed. */
export const transfersStream = (filter: TransferFilter) => {
  const { period, ...others } = asked(filter);
  return streamOf('/api/transfers', { ...others, since: sinceOf(period, Date.now()), limit });
};

/** Where what moves now is followed. */
export const movingStream = streamOf('/api/transfers', { status: 'running', limit: movingMax });
