import { answerOf, hub } from '@/api/client';

/** At once while it is queued or waits; otherwise its running step is stopped. */
export const cancelExecution = (id: string) => answerOf(hub.POST('/api/executions/{id}/cancel', { params: { path: { id } } }));
