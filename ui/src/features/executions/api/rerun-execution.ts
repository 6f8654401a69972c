import { answerOf, hub } from '@/api/client';
import { newKey } from '@/api/new-key';

export interface Rerun {
  id: string;
  version: 'same' | 'newest';
  /** A step's path, or "failed"; null for all of it. */
  from: string | null;
  /** Null: those that it had. */
  inputs: Record<string, unknown> | null;
}

/** Starts it again; answers the new execution. */
export const rerunExecution = ({ id, version, from, inputs }: Rerun) =>
  answerOf(hub.POST('/api/executions/{id}/rerun', {
    params: { path: { id }, header: { 'Idempotency-Key': newKey() } },
    body: { version, from: from ?? undefined, inputs: inputs ?? undefined },
  }));
