import { useInfiniteQuery } from '@tanstack/react-query';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import type { LogFilter } from '@/components/log/log-buffer';
import { LogLines } from '@/components/log/LogLines';
import { Loading } from '@/components/page/Loading';
import { logSearchQuery } from '../api/search-log';

interface WholeLogProps {
  execution: string;
  filter: LogFilter;
  stepName: (path: string) => string;
}

/** What the hub has of a log, from its first line on: for what is too old to be kept here. */
export function WholeLog({ execution, filter, stepName }: WholeLogProps) {
  const search = useInfiniteQuery(logSearchQuery({ execution, level: filter.level, q: filter.text }));
  const lines = search.data?.pages.flatMap(page => page.items);
  if (lines === undefined) return search.error === null ? <Loading what="The log" /> : <ProblemAlert error={search.error} onRetry={() => void search.refetch()} />;
  return (
    <LogLines
      label="Whole log of the execution" lines={lines} stepName={stepName} mark={filter.text} follows={false} wraps={false} onFollow={() => undefined}
      empty="No line of the whole log fits." more={search}
    />
  );
}
