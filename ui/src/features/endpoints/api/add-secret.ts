import { answerOf, hub } from '@/api/client';

export interface NewSecret {
  name: string;
  value: string;
  shared: boolean;
}

/** Stores a value under a name that is still free. */
export const addSecret = ({ name, value, shared }: NewSecret) =>
  answerOf(hub.POST('/api/credentials', { body: { name, value, scope: shared ? 'workspace' : 'user' } }));
