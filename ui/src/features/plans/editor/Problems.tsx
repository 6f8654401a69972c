import { messageOf } from '@/components/feedback/ProblemAlert';
import { plural } from '@/components/time/words';
import type { Finding } from '../api/check-plan';
import classes from './Problems.module.css';

interface ProblemsProps {
  findings: readonly Finding[];
  isChecking: boolean;
  error: unknown;
  onGo: (finding: Finding) => void;
}

/** All that is wrong with the plan; each leads to its place. */
export function Problems({ findings, isChecking, error, onGo }: ProblemsProps) {
  return (
    <section className={classes.problems} aria-label="What is wrong with the plan" data-bad={findings.length > 0 || undefined}>
      <p className={classes.verdict} role="status">
        {error != null ? `The plan could not be checked: ${messageOf(error)}` : findings.length > 0 ? `${plural(findings.length, 'thing')} to mend` : isChecking ? 'Is being checked …' : 'Nothing is wrong with the plan.'}
      </p>
      {findings.length > 0 && (
        <ul className={classes.list}>
          {findings.map(finding => (
            <li key={`${finding.line}:${finding.column}:${finding.message}`}>
              <button type="button" onClick={() => onGo(finding)}><span className={classes.line}>Line {finding.line}</span>{finding.message}</button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
