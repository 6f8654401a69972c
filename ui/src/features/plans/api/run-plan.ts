import { answerOf, hub } from '@/api/client';

/** Starts a saved plan; answers the execution. */
export const runPlan = ({ plan, inputs }: { plan: string; inputs: Record<string, unknown> }) =>
  answerOf(hub.POST('/api/execute', { params: { header: { 'Idempotency-Key': crypto.randomUUID() } }, body: { plan: plan as never, inputs } }));
