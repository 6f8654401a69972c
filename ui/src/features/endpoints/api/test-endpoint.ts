import { answerOf, hub, type Shape } from '@/api/client';

export type TestResult = Shape<'EndpointTestResult'>;

export const testEndpoint = (name: string) => answerOf(hub.POST('/api/endpoints/{name}/test', { params: { path: { name } } }));

/** Before it is saved. */
export const testDraft = (kind: string, settings: Record<string, unknown>) => answerOf(hub.POST('/api/endpoints/test', { body: { kind, settings } }));
