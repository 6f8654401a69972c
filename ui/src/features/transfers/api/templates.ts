import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type Template = Shape<'TemplateView'>;
export type TemplateRequest = Shape<'TemplateRequest'>;

const limit = '100';

/** Templates by name, page by page. */
export const templatesQuery = infiniteQueryOptions({
  queryKey: ['templates', 'list'],
  queryFn: ({ pageParam, signal }) => answerOf(hub.GET('/api/transfer-templates', { signal, params: { query: { limit, after: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next ?? undefined,
});

export const templateQuery = (template: string) => queryOptions({
  queryKey: ['templates', 'one', template],
  queryFn: ({ signal }) => answerOf(hub.GET('/api/transfer-templates/{template}', { signal, params: { path: { template } } })),
});
