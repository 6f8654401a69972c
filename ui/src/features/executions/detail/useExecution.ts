import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Shape } from '@/api/client';
import { LogBuffer, type LogLine } from '@/components/log/log-buffer';
import { toastProblem } from '@/components/feedback/toast';
import { followExecution, type ExecutionHappening } from '../api/follow-execution';
import { executionQuery } from '../api/show-execution';
import { progressText } from './progress';
import { withAttempt, type Attempt } from './timeline';

type Execution = Shape<'Execution'>;

const askAgainMilliseconds = 1_500;

/** One execution as it happens: its steps, its log, how far they are. */
export function useExecution(id: string) {
  const client = useQueryClient();
  const query = useQuery(executionQuery(id));
  const [log] = useState(() => new LogBuffer());
  const [progress, setProgress] = useState<ReadonlyMap<string, string>>(new Map());
  const [isLive, setIsLive] = useState(false);
  const asking = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  // What is not told live (outputs, waits, children) is asked for soon after something changed, but not each time.
  const askAgain = () => {
    asking.current ??= setTimeout(() => {
      asking.current = undefined;
      void client.invalidateQueries({ queryKey: executionQuery(id).queryKey });
    }, askAgainMilliseconds);
  };
  const take = useEffectEvent((happenings: ExecutionHappening[]) => {
    log.append(happenings.filter(each => each.kind === 'log').map(each => each.data as unknown as LogLine));
    const changes = happenings.filter(each => each.kind === 'step' || each.kind === 'execution');
    if (changes.length > 0) {
      client.setQueryData<Execution>(executionQuery(id).queryKey, known => (known === undefined ? known : changes.reduce(changed, known)));
      askAgain();
    }
    const moved = happenings.filter(each => each.kind === 'progress');
    if (moved.length > 0) setProgress(known => new Map([...known, ...moved.map(each => [String(each.data.step), progressText(each.data.progress)] as const)]));
  });
  const isThere = query.data !== undefined;
  useEffect(() => {
    if (!isThere) return;
    const over = new AbortController();
    followExecution(id, { onHappenings: happenings => take(happenings), onLive: setIsLive, signal: over.signal })
      .catch((error: unknown) => toastProblem(error, 'The log cannot be followed'))
      .finally(() => setIsLive(false));
    return () => {
      over.abort();
      clearTimeout(asking.current);
      asking.current = undefined;
    };
  }, [id, isThere]);
  return { query, log, progress, isLive };
}

/** What a happening changes of what is shown already. What was known to be over is not begun again by a replay. */
function changed(execution: Execution, { kind, data }: ExecutionHappening): Execution {
  if (kind === 'step') {
    const attempt = data as unknown as Attempt;
    const known = execution.steps?.find(each => each.step === attempt.step && each.attempt === attempt.attempt);
    return known?.ended_at != null ? execution : { ...execution, steps: withAttempt(execution.steps ?? [], attempt) };
  }
  if (execution.ended_at != null) return execution;
  const { status, waiting_for: waitingFor } = data as { status: string; waiting_for?: string };
  return { ...execution, status, waiting_for: waitingFor };
}
