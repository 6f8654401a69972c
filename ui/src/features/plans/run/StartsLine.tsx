import { useQuery } from '@tanstack/react-query';
import { StatusBadge } from '@/components/status/StatusBadge';
import { Time } from '@/components/time/Time';
import { planTriggersQuery } from '../api/plan-triggers';
import classes from './StartsLine.module.css';

const words: Record<string, string> = { schedule: 'Schedule', webhook: 'Webhook', files: 'Files', s3_events: 'S3 events', execution: 'After' };

/** What starts the saved plan by itself, and when next. */
export function StartsLine({ plan }: { plan: string }) {
  const triggers = useQuery(planTriggersQuery(plan)).data;
  if (triggers === undefined) return <>&nbsp;</>;
  if (triggers.length === 0) return <>It starts when somebody runs it.</>;
  return (
    <span className={classes.line}>
      {triggers.map(trigger => (
        <span key={trigger.id} className={classes.trigger} title={trigger.broken ?? undefined}>
          <StatusBadge status={trigger.state} compact />
          <span>{trigger.in_words != null ? <span title={trigger.watches}>{trigger.in_words}</span> : <>{words[trigger.kind] ?? trigger.kind} <code>{trigger.watches}</code></>}{trigger.state !== 'active' ? ` (${trigger.state})` : trigger.next_at != null && <>, next <Time value={trigger.next_at} /></>}</span>
        </span>
      ))}
    </span>
  );
}
