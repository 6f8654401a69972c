import { queryOptions } from '@tanstack/react-query';
import { answerOf, hub, type Shape } from '@/api/client';

export type HubSetting = Shape<'HubSettingView'>;

/** Every setting of the hub, as it holds now. */
export const settingsQuery = queryOptions({ queryKey: ['settings'], queryFn: async ({ signal }) => (await answerOf(hub.GET('/api/settings', { signal }))).items, staleTime: 60_000 });
