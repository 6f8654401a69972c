import type { TestResult } from '../api/test-endpoint';

export interface Phase {
  name: string;
  title: string;
  state: 'passed' | 'failed' | 'not reached';
}

const titles: Readonly<Record<string, string>> = {
  connect: 'Connect', 'host key': 'Know the server', login: 'Sign in', folder: 'Find the folder', bucket: 'Find the bucket',
  list: 'List files', write: 'Write a file', rename: 'Rename it', delete: 'Delete it',
};

/** What stopped a test, as the heading of its explanation. */
const failures: Readonly<Record<string, string>> = {
  connect: 'The server cannot be reached', 'host key': 'This server is not known yet', login: 'The server refuses the login', folder: 'The folder is not there',
  bucket: 'The bucket is not there', list: 'The folder cannot be listed', write: 'Files cannot be written here', rename: 'Files cannot be renamed here', delete: 'Files cannot be deleted here',
};

const order = ['connect', 'list', 'write', 'rename', 'delete'];
const insteadOf: Readonly<Record<string, string>> = { 'host key': 'connect', login: 'connect', folder: 'list', bucket: 'list' };

export const titleOfPhase = (phase: string): string => titles[phase] ?? phase;

export const titleOfFailure = (phase: string): string => failures[phase] ?? `It fails at: ${phase}`;

/** All phases of a test in their order, with what became of each. */
export function phasesOf({ ok, passed, failed_phase: failed }: Pick<TestResult, 'ok' | 'passed' | 'failed_phase'>): Phase[] {
  if (ok) return passed.map(name => ({ name, title: titleOfPhase(name), state: 'passed' }));
  const at = failed == null ? -1 : order.includes(failed) ? order.indexOf(failed) : order.indexOf(insteadOf[failed] ?? 'connect');
  const phases: Phase[] = passed.map(name => ({ name, title: titleOfPhase(name), state: 'passed' }));
  if (failed != null) phases.push({ name: failed, title: titleOfPhase(failed), state: 'failed' });
  for (const name of order.slice(at + 1)) if (!passed.includes(name)) phases.push({ name, title: titleOfPhase(name), state: 'not reached' });
  return phases;
}
