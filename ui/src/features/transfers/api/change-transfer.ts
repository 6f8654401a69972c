import { answerOf, hub, type Shape } from '@/api/client';
import { newKey } from '@/api/new-key';

export type NewTransfer = Shape<'NewTransferRequest'>;

/** Starts it; answers it as it stands then. */
export const startTransfer = (request: NewTransfer) =>
  answerOf(hub.POST('/api/transfers', { params: { header: { 'Idempotency-Key': newKey() } }, body: request }));

/** Starts a transfer of only what failed. */
export const retryTransfer = (id: string) =>
  answerOf(hub.POST('/api/transfers/{id}/retry', { params: { path: { id }, header: { 'Idempotency-Key': newKey() } } }));

/** Stops it: what has arrived stays. */
export const cancelTransfer = (id: string) => answerOf(hub.POST('/api/executions/{id}/cancel', { params: { path: { id } } }));
