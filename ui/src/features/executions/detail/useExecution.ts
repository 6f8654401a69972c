import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Shape } from '@/api/client';
import { LogBuffer, type LogLine } from '@/components/log/log-buffer';
import { toastProblem } from '@/components/feedback/toast';
import { followExecution, type ExecutionHappening } from '../api/follow-execution';
import { executionQuery } from '../api/show-execution';
import { progressText } from './progress';
import { withAttempts, type Attempt } from './timeline';

type Execution = Shape<'Execution'>;

const askAgainMilliseconds = 1_500;

// Thousands of steps are megabytes: they are asked for less often.
const askAgainPerStep = 1;

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
    }, askAgainMilliseconds + askAgainPerStep * (client.getQueryData<Execution>(executionQuery(id).queryKey)?.steps?.length ?? 0));
  };
  const take = useEffectEvent((happenings: ExecutionHappening[]) => {
    log.append(happenings.filter(each => each.kind === 'log').map(each => each.data as unknown as LogLine));
    const changes = happenings.filter(each => each.kind === 'step' || each.kind === 'execution');
    if (changes.length > 0) {
      client.setQueryData<Execution>(executionQuery(id).queryKey, known => (known === undefined ? known : changed(known, changes)));
      askAgain();
    }
    const moved = happenings.filter(each => each.kind === 'progress');
    if (moved.length > 0) setProgress(known => new Map([...known, ...moved.map(each => [String(each.data.step), progressText(each.data.progress)] as const)]));
  });
  const isThere = query.data !== undefined;
  useEffect(() => {
    if (!isThere) return;
    const over = new AbortController();
    followExecution(id, { onHappenings: happenings => take(happenings), onLive: setIsLive, onCutOff: () => log.markCutOff(), signal: over.signal })
      .catch((error: unknown) => toastProblem(error, 'The log cannot be followed'))
      .finally(() => setIsLive(false));
    return () => {
      over.abort();
      clearTimeout(asking.current);
      asking.current = undefined;
    };
  }, [id, isThere, log]);
  return { query, log, progress, isLive };
}

/** What happenings change of what is shown already. What was known to be over is not begun again by a replay. */
function changed(execution: Execution, happenings: readonly ExecutionHappening[]): Execution {
  const attempts = happenings.filter(each => each.kind === 'step').map(each => each.data as unknown as Attempt);
  const steps = attempts.length === 0 ? execution.steps : withAttempts(execution.steps ?? [], attempts);
  const state = happenings.findLast(each => each.kind === 'execution')?.data as { status: string; waiting_for?: string } | undefined;
  return state === undefined || execution.ended_at != null ? { ...execution, steps } : { ...execution, steps, status: state.status, waiting_for: state.waiting_for };
}
