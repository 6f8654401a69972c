import { answerOf, hub } from '@/api/client';

export interface Answer {
  id: string;
  step: string;
  approve: boolean;
  comment?: string;
}

/** Says yes or no to a step that waits for a person. */
export const approveExecution = ({ id, step, approve, comment }: Answer) =>
  answerOf(hub.POST('/api/executions/{id}/approve', { params: { path: { id } }, body: { approve, step, comment } }));
