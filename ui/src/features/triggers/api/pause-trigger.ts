import { answerOf, hub } from '@/api/client';

/** It starts nothing until it is resumed. */
export const pauseTrigger = (trigger: string) => answerOf(hub.POST('/api/triggers/{trigger}/pause', { params: { path: { trigger } } }));
