import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';
import type { NewTransfer } from './change-transfer';

/** What a transfer would do with the first files it finds. */
export const previewQuery = (request: NewTransfer | null, limit: number) => queryOptions({
  queryKey: ['transfers', 'preview', request, limit],
  queryFn: ({ signal }) => answerOf(hub.POST('/api/transfers/preview', { signal, params: { query: { limit: String(limit) } }, body: request! })),
  enabled: request !== null,
  placeholderData: keepPreviousData,
  staleTime: 10_000,
  retry: false,
});
