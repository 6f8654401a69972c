import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { Card } from '@/components/page/Card';
import { StatusBadge } from '@/components/status/StatusBadge';
import { Time } from '@/components/time/Time';
import { scheduleTemplate, templateTriggersQuery, unscheduleTemplate } from '../api/template-schedule';
import classes from './ScheduleCard.module.css';

const rhythms = [
  { value: '0 * * * *', label: 'Every hour' },
  { value: '0 6 * * *', label: 'Every day at 06:00' },
  { value: '0 6 * * 1-5', label: 'From Monday to Friday at 06:00' },
  { value: '0 6 * * 1', label: 'Every Monday at 06:00' },
  { value: '0 6 1 * *', label: 'On the first of each month at 06:00' },
];

/** What starts the template by itself. */
export function ScheduleCard({ plan, name, mayEdit }: { plan: string; name: string; mayEdit: boolean }) {
  const client = useQueryClient();
  const triggers = useQuery(templateTriggersQuery(name));
  const [edits, setEdits] = useState(false);
  const [cron, setCron] = useState('0 6 * * *');
  const [zone, setZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const refresh = () => client.invalidateQueries({ queryKey: ['triggers'] });
  const saving = useMutation({ mutationFn: () => scheduleTemplate(plan, cron, zone), onSuccess: () => { setEdits(false); toastDone('It runs by this schedule from now on.'); return refresh(); } });
  const removing = useMutation({ mutationFn: () => unscheduleTemplate(plan), onSuccess: () => { toastDone('It does not run by itself any more.'); return refresh(); } });
  const found = triggers.data ?? [];
  return (
    <Card title="What starts it" actions={mayEdit && !edits && <Button size="xs" variant="default" onClick={() => setEdits(true)}>{found.some(each => each.kind === 'schedule') ? 'Change the schedule' : 'Set a schedule'}</Button>}>
      <Stack gap="md">
        {triggers.error !== null && <ProblemAlert error={triggers.error} onRetry={() => void triggers.refetch()} />}
        {found.length === 0 && !edits && <p className={classes.soft}>Only people, and whatever sends a request. A schedule starts it by itself.</p>}
        {found.map(trigger => (
          <div key={trigger.id} className={classes.trigger}>
            <StatusBadge status={trigger.state} />
            <span className={classes.what} title={trigger.watches}>{trigger.in_words ?? trigger.watches}</span>
            {trigger.next_at != null && <span className={classes.soft}>next <Time value={trigger.next_at} /></span>}
            {trigger.last?.execution_id != null && <Link to="/executions/$execution" params={{ execution: trigger.last.execution_id }} search={{}} className={classes.soft}>the last one</Link>}
            {mayEdit && !trigger.is_of_plan && <Button size="xs" variant="subtle" color="gray" loading={removing.isPending} onClick={() => removing.mutate()}>Take it away</Button>}
            {trigger.broken != null && <p className={classes.broken}>{trigger.broken}</p>}
          </div>
        ))}
        {edits && (
          <form onSubmit={event => { event.preventDefault(); saving.mutate(); }}>
            <Stack gap="sm">
              <Select label="How often" data={rhythms} value={rhythms.find(rhythm => rhythm.value === cron)?.value ?? null} placeholder="As the line below says" onChange={rhythm => { if (rhythm !== null) setCron(rhythm); }} allowDeselect={false} />
              <Group grow align="flex-end">
                <TextInput label="Cron" description="Minute, hour, day of the month, month, day of the week." value={cron} onChange={event => setCron(event.currentTarget.value)} spellCheck={false} required withAsterisk={false} />
                <TextInput label="Time zone" description="By whose clocks it goes." value={zone} onChange={event => setZone(event.currentTarget.value)} spellCheck={false} required withAsterisk={false} />
              </Group>
              {saving.error !== null && <ProblemAlert error={saving.error} />}
              <Group gap="xs"><Button type="submit" size="xs" loading={saving.isPending}>Run it by this schedule</Button><Button size="xs" variant="default" onClick={() => setEdits(false)}>Not now</Button></Group>
            </Stack>
          </form>
        )}
      </Stack>
    </Card>
  );
}
