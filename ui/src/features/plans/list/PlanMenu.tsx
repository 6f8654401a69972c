import { ActionIcon, Menu } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Activity, EllipsisVertical, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { may, meQuery } from '@/api/me';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { toastDone, toastProblem } from '@/components/feedback/toast';
import { deletePlan } from '../api/delete-plan';
import type { SavedPlan } from '../api/list-plans';
import { planQuery } from '../api/show-plan';
import { dropDraft } from '../editor/draft';
import { RunModal } from '../run/RunModal';

/** What can be done with a plan of the list. */
export function PlanMenu({ plan }: { plan: SavedPlan }) {
  const me = useQuery(meQuery).data;
  const client = useQueryClient();
  const navigate = useNavigate();
  const [running, setRunning] = useState<string | null>(null);
  const [deleting, setDeleting] = useState(false);
  const [name, id] = [plan.name!, plan.id!];
  const run = async () => {
    try {
      setRunning((await client.fetchQuery(planQuery(name))).source);
    } catch (error) {
      toastProblem(error);
    }
  };
  const remove = useMutation({
    mutationFn: () => deletePlan(id),
    onSuccess: () => {
      dropDraft(name);
      toastDone(`The plan ${name} is deleted.`);
      void client.invalidateQueries({ queryKey: ['triggers'] });
      return client.invalidateQueries({ queryKey: ['plans'] });
    },
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target><ActionIcon variant="subtle" color="gray" size={24} aria-label={`What can be done with ${name}`}><EllipsisVertical size={15} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          {may(me, 'operator') && <Menu.Item leftSection={<Play size={14} />} onClick={() => void run()}>Run</Menu.Item>}
          <Menu.Item leftSection={<Activity size={14} />} onClick={() => void navigate({ to: '/executions', search: { plan: name } })}>Its executions</Menu.Item>
          {may(me, 'editor') && <Menu.Item leftSection={<Trash2 size={14} />} color="red" onClick={() => setDeleting(true)}>Delete</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      {running !== null && <RunModal plan={name} source={running} onClose={() => setRunning(null)} onStarted={execution => void navigate({ to: '/executions/$execution', params: { execution }, search: {} })} />}
      <ConfirmDanger opened={deleting} onClose={() => setDeleting(false)} title={`Delete the plan ${name}?`} action="Delete the plan" typed={name} onConfirm={() => remove.mutateAsync()}>
        Its text with {plan.version === 1 ? 'its only version' : `all ${plan.version} versions`} is lost, and nothing starts it any more: schedules, webhooks and all other triggers go with it. What it ran stays, with inputs, outputs and logs.
      </ConfirmDanger>
    </>
  );
}
