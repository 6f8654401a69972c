import { Button, Group, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Bell } from 'lucide-react';
import { useState } from 'react';
import { may, type Me } from '@/api/me';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Loading } from '@/components/page/Loading';
import { StatusBadge } from '@/components/status/StatusBadge';
import { DataTable, type Column } from '@/components/table/DataTable';
import { Time } from '@/components/time/Time';
import { notificationsQuery, notifyQuery, setNotify, type Notification, type NotifyRule } from '../api/notifications';
import { notificationStatuses } from '../settings/tabs';
import { RuleForm } from './RuleForm';
import { occasionText, ruleText, tellers } from './words';
import classes from './NotificationsTab.module.css';

/** Who hears of it when plans fail, and what became of each message. */
export function NotificationsTab({ me }: { me: Me | undefined }) {
  const client = useQueryClient();
  const { status } = useSearch({ from: '/shell/settings' });
  const navigate = useNavigate({ from: '/settings' });
  const rules = useQuery(notifyQuery);
  const list = useInfiniteQuery({ ...notificationsQuery(status), refetchInterval: query => ((query.state.data?.pages.length ?? 1) === 1 ? 5_000 : false) });
  const [edited, setEdited] = useState<number | 'new' | null>(null);
  const [removed, setRemoved] = useState<number | null>(null);
  const found = rules.data ?? [];
  const mayEdit = may(me, 'editor');
  const save = async (next: NotifyRule[], message: string) => {
    await setNotify(next);
    toastDone(message);
    await client.invalidateQueries({ queryKey: ['notifications'] });
  };
  const rows = list.data?.pages.flatMap(page => page.items);
  return (
    <div className={classes.stack}>
      <Card title="For all plans that say nothing themselves" actions={mayEdit && rules.data !== undefined && <Button size="xs" onClick={() => setEdited('new')}>Tell somebody</Button>}>
        {rules.error !== null ? <ProblemAlert error={rules.error} onRetry={() => void rules.refetch()} /> : rules.data === undefined ? <Loading what="The list" /> : found.length === 0
          ? <p className={classes.soft}>Nobody is told when a plan of this workspace fails, unless the plan says so itself in <code>notify</code>.</p> : (
            <ul className={classes.rules}>
              {found.map((rule, index) => (
                <li key={`${index} ${rule.use}`} className={classes.rule}>
                  <span>{ruleText(rule)}</span>
                  {mayEdit && <Group gap="xs"><Button size="xs" variant="default" onClick={() => setEdited(index)}>Change or test</Button><Button size="xs" variant="subtle" color="red" onClick={() => setRemoved(index)}>Take away</Button></Group>}
                </li>
              ))}
            </ul>
          )}
      </Card>
      <Group justify="space-between" gap="xs">
        <h2 className={classes.heading}>What was told</h2>
        <SegmentedControl size="xs" aria-label="Status" value={status ?? 'all'} data={[{ value: 'all', label: 'All' }, { value: 'sent', label: 'Sent' }, { value: 'failed', label: 'Failed' }, { value: 'suppressed', label: 'Kept back' }]} onChange={next => void navigate({ search: before => ({ ...before, status: notificationStatuses.find(each => each === next) }), replace: true })} />
      </Group>
      <div className={classes.stage}>
        {list.error !== null && rows === undefined ? <ProblemAlert error={list.error} onRetry={() => void list.refetch()} /> : (
          <DataTable
            label="Notifications" columns={columns} rows={rows} rowId={row => row.id!} more={list} tone={row => (row.status === 'failed' || row.status === 'dead' ? 'bad' : undefined)}
            empty={<EmptyState icon={<Bell size={22} />} title={status === undefined ? 'Nothing was told yet' : 'Nothing fits'}>{status === undefined ? 'When a plan fails, or works again, it stands here whom that was told, and whether it arrived.' : 'Choose All to see every notification.'}</EmptyState>}
          />
        )}
      </div>
      {edited !== null && <RuleForm rule={edited === 'new' ? null : found[edited] ?? null} mayTest={may(me, 'operator')} onClose={() => setEdited(null)} onSave={rule => save(edited === 'new' ? [...found, rule] : found.map((each, index) => (index === edited ? rule : each)), 'It is saved, and holds from now on.')} />}
      <ConfirmDanger opened={removed !== null} onClose={() => setRemoved(null)} title="Tell them nothing any more?" action="Take it away" onConfirm={() => save(found.filter((_, index) => index !== removed), 'They are told nothing any more.')}>
        {removed !== null && found[removed] !== undefined && `“${ruleText(found[removed])}” is lost. What was told stays in the list.`}
      </ConfirmDanger>
    </div>
  );
}

const columns: readonly Column<Notification>[] = [
  { id: 'status', header: 'Status', width: '120px', cell: each => <StatusBadge status={each.status ?? ''} /> },
  { id: 'plan', header: 'Plan', width: '1.2fr', narrow: 'title', cell: each => <Link to="/executions/$execution" params={{ execution: each.about! }} search={{}}>{each.plan ?? 'A plan that is gone'}</Link> },
  { id: 'occasion', header: 'What', width: '120px', cell: each => occasionText(each.occasion) },
  { id: 'use', header: 'By', width: '100px', cell: each => tellers.find(teller => teller.use === each.use)?.label ?? each.use ?? '–' },
  { id: 'reason', header: 'Why not', width: '2fr', narrow: 'hide', cell: each => (each.reason != null ? <span className={classes.bad} title={each.reason}>{each.reason}</span> : (each.suppressed ?? 0) > 0 ? `${each.suppressed} like it kept back before` : null) },
  { id: 'time', header: 'When', width: '110px', cell: each => <Time value={each.sent_at ?? each.created_at} /> },
];
