import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub } from '@/api/client';
import type { SettingDescription } from '@/components/form/settings';

/** A kind of endpoint as it describes itself. */
export interface EndpointKind {
  id: string;
  title: string;
  help: string;
  address_forms: string[];
  settings: SettingDescription[];
}

export const kindsQuery = queryOptions({
  queryKey: ['endpoints', 'kinds'],
  queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/endpoint-kinds', { signal }))).items as EndpointKind[],
  staleTime: Infinity,
});
