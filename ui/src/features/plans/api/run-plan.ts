import { answerOf, hub } from '@/api/client';
import { newKey } from '@/api/new-key';

/** Starts a saved plan; answers the execution. */
export const runPlan = ({ plan, inputs }: { plan: string; inputs: Record<string, unknown> }) =>
  answerOf(hub.POST('/api/execute', { params: { header: { 'Idempotency-Key': newKey() } }, body: { plan: plan as never, inputs } }));
