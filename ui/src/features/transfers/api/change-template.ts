import { answerOf, hub } from '@/api/client';
import { newKey } from '@/api/new-key';
import { problemFrom } from '@/api/problem';
import type { TemplateRequest } from './templates';

/** Under a new name. */
export const addTemplate = (request: TemplateRequest) => answerOf(hub.POST('/api/transfer-templates', { body: request }));

/** As a new version. */
export const saveTemplate = (template: string, request: TemplateRequest) =>
  answerOf(hub.PUT('/api/transfer-templates/{template}', { params: { path: { template } }, body: request }));

export async function deleteTemplate(template: string): Promise<void> {
  const { error, response } = await hub.DELETE('/api/transfer-templates/{template}', { params: { path: { template } } });
  if (!response.ok) throw problemFrom(response.status, error);
}

/** For all of its files; answers the transfer. */
export const runTemplate = (template: string) =>
  answerOf(hub.POST('/api/transfer-templates/{template}/run', { params: { path: { template }, header: { 'Idempotency-Key': newKey() } } }));
