import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';

/** An output that is too large to be shown in its place. */
export const outputQuery = (url: string) => {
  const [id = '', blob = ''] = /executions\/([^/]+)\/outputs\/([^/]+)$/.exec(url)?.slice(1) ?? [];
  return queryOptions({
    queryKey: ['executions', 'output', id, blob],
    queryFn: ({ signal }) => answerOf(hub.GET('/api/executions/{id}/outputs/{blob}', { signal, params: { path: { id, blob } } })),
    staleTime: Infinity,
  });
};
