import { answerOf, hub, type Shape } from '@/api/client';

export type Imported = Shape<'ImportAnswer'>;

/** Makes a manifest of an OpenAPI document: answers what it found, and stores it when it is asked to. */
export const importDocument = (request: Shape<'ImportRequest'>) => answerOf(hub.POST('/api/providers/import', { body: request }));
