import { queryOptions } from '@tanstack/react-query';
import { hub, type Shape } from '@/api/client';

export type HealthCheck = Shape<'HealthCheck'>;

/** What the hub needs in order to work, and whether it has it. That it has not is an answer as well. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: async ({ signal }): Promise<HealthCheck[]> => {
    const { data, error } = await hub.GET('/health/ready', { signal });
    return (data ?? (error as Shape<'Health'> | undefined))?.checks ?? [];
  },
  refetchInterval: 15_000,
});
