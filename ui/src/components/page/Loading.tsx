import { Skeleton } from '@mantine/core';

/** In place of what is asked for. */
export function Loading({ what }: { what: string }) {
  return (
    <div role="status" aria-label={`${what} is being loaded`}>
      {[96, 82, 88, 60].map(width => <Skeleton key={width} height={14} width={`${width}%`} radius="sm" mb={18} />)}
    </div>
  );
}
