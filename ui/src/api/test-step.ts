import { answerOf, hub } from './client';

interface StepTest {
  step: Record<string, unknown>;
  inputs: Record<string, unknown>;
  /** What other steps answered, by their ids. */
  outputs: Record<string, unknown>;
  dryRun: boolean;
}

/** Performs one step by itself and waits for its end, up to a minute. */
export const testStep = ({ step, inputs, outputs, dryRun }: StepTest) =>
  answerOf(hub.POST('/api/plans/test-step', { params: { query: { wait: '60s' } }, body: { step, inputs, outputs, dry_run: dryRun } }));
