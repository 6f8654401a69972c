import classes from './Bar.module.css';

interface BarProps {
  label: string;
  /** From 0 to 1; null while nobody can tell. */
  share: number | null;
  /** How much of it failed, from 0 to 1. */
  failed?: number;
  tone?: 'live' | 'good' | 'quiet';
}

/** How far something is. */
export function Bar({ label, share, failed = 0, tone = 'live' }: BarProps) {
  return (
    <div className={classes.bar} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={share === null ? undefined : Math.round(share * 100)} data-tone={tone} data-open={share === null || undefined}>
      {failed > 0 && <div className={classes.failed} style={{ width: `${failed * 100}%` }} />}
      <div className={classes.fill} style={share === null ? undefined : { width: `${share * 100}%` }} />
    </div>
  );
}
