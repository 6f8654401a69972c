import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';
import { downloadLink } from '@/api/download';

/** The files that an execution keeps, those of its first steps first. */
export const filesQuery = (id: string) => queryOptions({
  queryKey: ['executions', 'files', id],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/executions/{id}/files', { signal, params: { path: { id }, query: { limit: '500' } } })),
});

/** Where the browser saves one of them from. */
export const executionFileLink = (url: string): string => downloadLink(url, {});
