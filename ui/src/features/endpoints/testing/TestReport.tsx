import { Button, Code } from '@mantine/core';
import { Check, Minus, ShieldQuestion, X } from 'lucide-react';
import { Unseen } from '@/components/text/Unseen';
import type { TestResult } from '../api/test-endpoint';
import { phasesOf, titleOfFailure } from './phases';
import classes from './TestReport.module.css';

interface TestReportProps {
  result: TestResult;
  /** Takes the key that the server shows for its own from now on; without it nobody here may. */
  onAccept?: (setting: string, key: string) => void;
  isAccepting?: boolean;
}

/** What a test found: each phase, why the one that failed did, and what can be done at once. */
export function TestReport({ result, onAccept, isAccepting = false }: TestReportProps) {
  return (
    <div className={classes.report} role="status" data-ok={result.ok || undefined}>
      <p className={classes.title}>{result.ok ? 'It works: files can be listed, written, renamed and deleted.' : titleOfFailure(result.failed_phase ?? 'connect')}</p>
      <ol className={classes.phases} aria-label="Phases of the test">
        {phasesOf(result).map(phase => (
          <li key={phase.name} className={classes.phase} data-state={phase.state}>
            {phase.state === 'passed' ? <Check size={14} aria-hidden="true" /> : phase.state === 'failed' ? <X size={14} aria-hidden="true" /> : <Minus size={14} aria-hidden="true" />}
            {phase.title}<Unseen>: {phase.state}</Unseen>
          </li>
        ))}
      </ol>
      {result.detail != null && <p className={classes.detail}>{result.detail}</p>}
      {result.host_key != null && (
        <div className={classes.key}>
          <ShieldQuestion size={18} aria-hidden="true" />
          <div>
            <p>The server shows this fingerprint. Compare it with what its administrator says, or with <Code>ssh-keygen -lf</Code> on the server.</p>
            <Code className={classes.fingerprint}>{result.host_key.fingerprint}</Code>
            {onAccept !== undefined && <div><Button mt="sm" size="xs" loading={isAccepting} onClick={() => onAccept(result.host_key!.setting, result.host_key!.key)}>It is the same: accept this key</Button></div>}
          </div>
        </div>
      )}
    </div>
  );
}
