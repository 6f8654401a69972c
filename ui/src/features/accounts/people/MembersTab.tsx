import { Button, Select, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { UserMinus, Users } from 'lucide-react';
import { useMemo, useState } from 'react';
import { may, type Me, type Role } from '@/api/me';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone, toastProblem } from '@/components/feedback/toast';
import { FormDialog } from '@/components/form/FormDialog';
import { EmptyState } from '@/components/page/EmptyState';
import { DataTable, type Column } from '@/components/table/DataTable';
import { Time } from '@/components/time/Time';
import { addMember, changeMember, removeMember } from '../api/change-people';
import { membersQuery, type Member } from '../api/people';
import { roles } from './words';
import classes from './lists.module.css';

/** Who belongs to the workspace, and what each may. */
export function MembersTab({ me }: { me: Me | undefined }) {
  const client = useQueryClient();
  const list = useInfiniteQuery(membersQuery);
  const [adds, adding] = useDisclosure(false);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const isOwner = may(me, 'owner') || me?.is_administrator === true;
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: ['members'] }), client.invalidateQueries({ queryKey: ['me'] })]);
  const changing = useMutation({
    mutationFn: ({ user, role }: { user: string; role: Role }) => changeMember(user, role),
    onSuccess: () => toastDone('The role is changed.'),
    onError: error => toastProblem(error, 'The role was not changed'),
    onSettled: refresh,
  });
  const change = changing.mutate;
  const columns = useMemo((): readonly Column<Member>[] => [
    { id: 'user', header: 'Name', width: '1.5fr', narrow: 'title', cell: member => <b>{member.user}</b> },
    {
      id: 'role', header: 'Role', width: '1.2fr',
      cell: member => (isOwner
        ? <Select aria-label={`Role of ${member.user}`} size="xs" w={150} data={roles.map(({ value, label }) => ({ value, label }))} value={member.role ?? null} onChange={role => { if (role !== null) change({ user: member.user_id!, role: role as Role }); }} />
        : roles.find(role => role.value === member.role)?.label ?? member.role),
    },
    { id: 'may', header: 'May', width: '2fr', narrow: 'hide', cell: member => <span className={classes.soft}>{roles.find(role => role.value === member.role)?.may}</span> },
    { id: 'since', header: 'Since', width: '110px', cell: member => <Time value={member.created_at} /> },
    ...(isOwner ? [{ id: 'out', header: 'Remove', width: '100px', cell: (member: Member) => <Button size="compact-xs" variant="subtle" color="gray" leftSection={<UserMinus size={13} aria-hidden="true" />} aria-label={`Take out ${member.user}`} onClick={() => setLeaving(member)}>Take out</Button> }] : []),
  ], [change, isOwner]);
  const rows = list.data?.pages.flatMap(page => page.items);
  return (
    <div className={classes.stage}>
      <div className={classes.bar}>
        <p>Members of the workspace {me?.workspace}.</p>
        {isOwner && <Button size="xs" onClick={adding.open}>Add a member</Button>}
      </div>
      {list.error !== null && rows === undefined ? <ProblemAlert error={list.error} onRetry={() => void list.refetch()} /> : (
        <DataTable label="Members" columns={columns} rows={rows} rowId={row => row.user_id!} more={list} empty={<EmptyState icon={<Users size={22} />} title="Nobody belongs to this workspace" />} />
      )}
      {adds && <AddMember onClose={adding.close} onAdded={refresh} />}
      <ConfirmDanger opened={leaving !== null} onClose={() => setLeaving(null)} title={`Take ${leaving?.user ?? ''} out of the workspace?`} action="Take out" onConfirm={async () => { await removeMember(leaving!.user_id!); await refresh(); }}>
        They see nothing of this workspace any more, and their API keys for it end. Plans that they saved stay, and run on as theirs only while they are members.
      </ConfirmDanger>
    </div>
  );
}

function AddMember({ onClose, onAdded }: { onClose: () => void; onAdded: () => Promise<unknown> }) {
  const [user, setUser] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const adding = useMutation({ mutationFn: () => addMember(user.trim(), role), onSuccess: async () => { toastDone(`${user.trim()} belongs to the workspace now.`); onClose(); await onAdded(); } });
  return (
    <FormDialog title="Add a member" isChanged={user !== '' || role !== 'viewer'} action="Add" onSubmit={() => adding.mutate()} isBusy={adding.isPending} error={adding.error} onClose={onClose}>
      <TextInput label="User" description="By name. An administrator makes users." value={user} onChange={event => setUser(event.currentTarget.value)} required withAsterisk={false} autoComplete="off" data-autofocus />
      <Select label="Role" value={role} onChange={next => setRole(next ?? 'viewer')} data={roles.map(each => ({ value: each.value, label: `${each.label}: ${each.may}` }))} />
    </FormDialog>
  );
}
