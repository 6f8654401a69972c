import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';
import { sinceOf } from '@/components/time/period';

export type AuditEntry = Shape<'AuditEntryView'>;

export interface AuditFilter {
  action?: string;
  user?: string;
  target?: string;
  address?: string;
  /** "1d", "7d" or "30d": so far back from now. */
  period?: string;
}

const limit = '100';

/** Who did what, the newest first, page by page. */
export const auditQuery = ({ action, user, target, address, period }: AuditFilter) => infiniteQueryOptions({
  queryKey: ['audit', 'list', { action, user, target, address, period }],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/audit', { signal, params: { query: { action, user, target, address, since: sinceOf(period, Date.now()), limit, after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
  placeholderData: keepPreviousData,
});
