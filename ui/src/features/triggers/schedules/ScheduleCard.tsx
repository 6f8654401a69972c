import { Button, CloseButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Pause, Play } from 'lucide-react';
import { Card } from '@/components/page/Card';
import { StatusBadge } from '@/components/status/StatusBadge';
import { Time } from '@/components/time/Time';
import { exactText } from '@/components/time/words';
import type { Trigger } from '../api/list-schedules';
import classes from './ScheduleCard.module.css';

interface ScheduleCardProps {
  schedule: Trigger;
  mayPause: boolean;
  mayRun: boolean;
  isBusy: boolean;
  onPause: () => void;
  onRun: () => void;
  onClose: () => void;
}

/** One schedule: its next ten times, what came of the last, and what can be done. */
export function ScheduleCard({ schedule, mayPause, mayRun, isBusy, onPause, onRun, onClose }: ScheduleCardProps) {
  const { last } = schedule;
  const next = (schedule.next ?? []) as readonly string[];
  return (
    <Card title={<Link to="/plans/$plan" params={{ plan: schedule.plan }} search={{}} className={classes.plan}>{schedule.plan}</Link>} actions={<CloseButton aria-label="Close the schedule" onClick={onClose} />}>
      <div className={classes.body}>
        <div className={classes.line}><StatusBadge status={schedule.state} /><span className={classes.words}>{schedule.in_words ?? schedule.watches}</span></div>
        {schedule.in_words != null && <p className={classes.soft}>In its plan: <code>{schedule.watches}</code></p>}
        {schedule.broken != null && <p className={classes.bad}>{schedule.broken}</p>}
        <div className={classes.actions}>
          {mayRun && <Button size="xs" variant="default" leftSection={<Play size={13} aria-hidden="true" />} loading={isBusy} onClick={onRun}>Run now</Button>}
          {mayPause && <Button size="xs" variant="default" leftSection={schedule.state === 'paused' ? <Play size={13} aria-hidden="true" /> : <Pause size={13} aria-hidden="true" />} loading={isBusy} onClick={onPause}>{schedule.state === 'paused' ? 'Resume' : 'Pause'}</Button>}
        </div>
        {last != null && <p className={classes.soft}>Last <Time value={last.occurred_at} />: {last.execution_id == null ? last.reason ?? last.status : <Link to="/executions/$execution" params={{ execution: last.execution_id }} search={{}}><StatusBadge status={last.execution_status ?? last.status} /></Link>}</p>}
        <h3 className={classes.head}>Next times</h3>
        {next.length === 0 ? <p className={classes.soft}>{schedule.state === 'paused' ? 'None while it is paused.' : 'None.'}</p>
          : <ol className={classes.times}>{next.map(time => <li key={time}><span>{exactText(time)}</span><Time value={time} /></li>)}</ol>}
        {!schedule.is_of_plan && <p className={classes.soft}>It was set beside the plan’s text.</p>}
      </div>
    </Card>
  );
}
