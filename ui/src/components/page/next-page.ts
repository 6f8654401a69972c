import { useEffect } from 'react';

/** What comes by pages, as `useInfiniteQuery` answers it. */
export interface PagedList {
  hasNextPage: boolean;
  isFetching: boolean;
  isFetchingNextPage: boolean;
  /** Why it could not be asked for the last time; null when it could. */
  failureReason: Error | null;
  fetchNextPage: () => Promise<unknown>;
}

/** Asks for the next page as soon as it is wanted. Behind a failure, which is returned, it is the person who asks again. */
export function useNextPage(list: PagedList | undefined, isWanted: boolean): Error | null {
  const failure = list === undefined || list.isFetching || !list.hasNextPage ? null : list.failureReason;
  const asks = isWanted && list !== undefined && list.hasNextPage && !list.isFetchingNextPage && failure === null;
  const fetchNextPage = list?.fetchNextPage;
  useEffect(() => {
    if (asks) void fetchNextPage?.();
  }, [asks, fetchNextPage]);
  return failure;
}
