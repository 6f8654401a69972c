import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { AskBeforeLeaving } from '@/components/feedback/AskBeforeLeaving';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { Card } from '@/components/page/Card';
import { StatusBadge } from '@/components/status/StatusBadge';
import { Time } from '@/components/time/Time';
import { removeTrigger, setTrigger, templateTriggersQuery, type Trigger } from '../api/template-triggers';
import type { Template } from '../api/templates';
import { StartFields } from './StartFields';
import { lossOf, startOf, triggerOf, wordsOf } from './start';
import classes from './StartCard.module.css';

/** What starts the template by itself. */
export function StartCard({ template, mayEdit }: { template: Template; mayEdit: boolean }) {
  const client = useQueryClient();
  const triggers = useQuery(templateTriggersQuery(template.name));
  const [edits, setEdits] = useState(false);
  const [leaving, setLeaving] = useState<Trigger | null>(null);
  const [begun, setBegun] = useState(() => startOf(template, Intl.DateTimeFormat().resolvedOptions().timeZone));
  const [start, setStart] = useState(begun);
  const isTyped = edits && JSON.stringify(start) !== JSON.stringify(begun);
  const refresh = () => client.invalidateQueries({ queryKey: ['triggers'] });
  const saving = useMutation({ mutationFn: () => setTrigger(template.id, triggerOf(start)), onSuccess: () => { setEdits(false); setBegun(start); toastDone('It starts by itself from now on.'); return refresh(); } });
  const remove = async (trigger: Trigger) => {
    await removeTrigger(trigger.id);
    toastDone('That does not start it any more.');
    await refresh();
  };
  const found = triggers.data ?? [];
  const replaces = found.some(each => each.kind === start.kind && !each.is_of_plan);
  return (
    <Card title="What starts it" actions={mayEdit && !edits && <Button size="xs" variant="default" onClick={() => setEdits(true)}>{found.length > 0 ? 'Change or add' : 'Let it start by itself'}</Button>}>
      <AskBeforeLeaving when={isTyped && !saving.isPending} />
      <Stack gap="md">
        {triggers.error !== null && <ProblemAlert error={triggers.error} onRetry={() => void triggers.refetch()} />}
        {found.length === 0 && !edits && <p className={classes.soft}>Only people, by 'Run it now'. It may also start by the clock, when files arrive, or when it is called.</p>}
        {found.map(trigger => (
          <div key={trigger.id} className={classes.trigger}>
            <StatusBadge status={trigger.state} />
            <span className={classes.what} title={trigger.watches}>{wordsOf(trigger)}</span>
            {trigger.next_at != null && <span className={classes.soft}>next <Time value={trigger.next_at} /></span>}
            {trigger.last?.execution_id != null && <Link to="/transfers/$transfer" params={{ transfer: trigger.last.execution_id }} search={{}} className={classes.soft}>the last one</Link>}
            {mayEdit && !trigger.is_of_plan && <Button size="xs" variant="subtle" color="gray" aria-label={`Take it away: ${wordsOf(trigger)}`} onClick={() => setLeaving(trigger)}>Take it away</Button>}
            {trigger.url != null && <code className={classes.url}>POST {window.location.origin}{trigger.url}</code>}
            {trigger.broken != null && <p className={classes.broken}>{trigger.broken}</p>}
          </div>
        ))}
        {edits && (
          <form onSubmit={event => { event.preventDefault(); saving.mutate(); }}>
            <Stack gap="sm">
              <StartFields start={start} onChange={setStart} />
              {replaces && <p className={classes.soft}>It takes the place of the one above.</p>}
              {saving.error !== null && <ProblemAlert error={saving.error} />}
              <Group gap="xs"><Button type="submit" size="xs" loading={saving.isPending}>Start it so</Button><Button size="xs" variant="default" onClick={() => setEdits(false)}>Not now</Button></Group>
            </Stack>
          </form>
        )}
      </Stack>
      <ConfirmDanger opened={leaving !== null} onClose={() => setLeaving(null)} title="Take away what starts it?" action="Take it away" onConfirm={() => remove(leaving!)}>
        {leaving !== null && lossOf(leaving)} What it moved stays in the history.
      </ConfirmDanger>
    </Card>
  );
}
