import { inOwnZone } from '@/components/time/words';
import type { Execution } from '../api/list-executions';

/** In one line: why it failed, what it waits for, or what it was started with. */
export function storyOf(execution: Execution): string {
  if (execution.error != null) return execution.error.message;
  if (execution.cancel_requested === true && execution.ended_at == null) return 'Is being stopped';
  if (execution.waiting_for != null) return `Waits for ${inOwnZone(execution.waiting_for)}`;
  return Object.entries(execution.inputs ?? {}).map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ');
}
