import { Unseen } from '@/components/text/Unseen';
import { lookOf, type StatusShape } from './status';
import classes from './StatusBadge.module.css';

/** A state as shape and word; `compact` leaves the word to screen readers and the tooltip. */
export function StatusBadge({ status, compact = false }: { status: string; compact?: boolean }) {
  const look = lookOf(status);
  return (
    <span className={classes.badge} data-tone={look.tone} data-compact={compact || undefined} title={compact ? look.label : undefined}>
      <StatusIcon shape={look.shape} />
      {compact ? <Unseen>{look.label}</Unseen> : <span>{look.label}</span>}
    </span>
  );
}

const paths: Record<StatusShape, string> = {
  check: 'M4.2 8.3 6.8 11l5-5.6',
  cross: 'm5 5 6 6m0-6-6 6',
  ring: '',
  clock: 'M8 4.6V8l2.3 1.6',
  dots: 'M4.6 8h.01M8 8h.01M11.4 8h.01',
  slash: 'm4.7 11.3 6.6-6.6',
  skip: 'm5 5 3 3-3 3m4-6 3 3-3 3',
  question: 'M6.2 6.2a1.8 1.8 0 1 1 2.6 1.7c-.5.3-.8.6-.8 1.2m0 2.1h.01',
  pause: 'M6.3 5.4v5.2m3.4-5.2v5.2',
  bolt: 'M8.8 3.6 5.2 8.7h3l-.9 3.7 3.5-5.1h-3z',
};

function StatusIcon({ shape }: { shape: StatusShape }) {
  return (
    <svg className={classes.icon} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <circle className={shape === 'ring' ? classes.track : classes.disc} cx="8" cy="8" r="7" />
      {shape === 'ring' && <path className={classes.spin} d="M8 1a7 7 0 0 1 7 7" />}
      {shape === 'ring' ? <circle className={classes.core} cx="8" cy="8" r="2.6" /> : <path className={classes.stroke} d={paths[shape]} />}
    </svg>
  );
}
