import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type ManifestFile = Shape<'Manifest'>;

export interface ManifestFilter {
  result?: string;
  q?: string;
  step?: string;
}

const limit = '200';

/** What became of each file, page by page. */
export const manifestQuery = (id: string, { result, q, step }: ManifestFilter) => infiniteQueryOptions({
  queryKey: ['transfers', 'manifest', id, { result, q, step }],
  queryFn: ({ pageParam, signal }) =>
    answerOf(hub.GET('/api/transfers/{id}/manifest', { signal, params: { path: { id }, query: { result, q, step, limit, after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
  placeholderData: keepPreviousData,
});
