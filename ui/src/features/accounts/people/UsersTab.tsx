import { ActionIcon, Button, Checkbox, Menu, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { EllipsisVertical, Users } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Me } from '@/api/me';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone, toastProblem } from '@/components/feedback/toast';
import { FormDialog } from '@/components/form/FormDialog';
import { EmptyState } from '@/components/page/EmptyState';
import { StatusBadge } from '@/components/status/StatusBadge';
import { DataTable, type Column } from '@/components/table/DataTable';
import { Time } from '@/components/time/Time';
import { addUser, changeUser, deleteUser } from '../api/change-people';
import { usersQuery, type User } from '../api/people';
import { ShownOnce } from './ShownOnce';
import { oneTimePassword } from './words';
import classes from './lists.module.css';

type Asked = { act: 'reset' | 'disable' | 'delete'; user: User } | null;

/** Who may sign in to the hub; for administrators. */
export function UsersTab({ me }: { me: Me }) {
  const client = useQueryClient();
  const list = useInfiniteQuery(usersQuery);
  const [adds, adding] = useDisclosure(false);
  const [asked, setAsked] = useState<Asked>(null);
  const [once, setOnce] = useState<{ user: string; password: string } | null>(null);
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: ['users'] }), client.invalidateQueries({ queryKey: ['members'] })]);
  const changing = useMutation({
    mutationFn: ({ user, ...change }: { user: User; is_administrator?: boolean; is_disabled?: boolean }) => changeUser(user.id!, change),
    onSuccess: () => toastDone('It is changed.'),
    onError: error => toastProblem(error, 'It was not changed'),
    onSettled: refresh,
  });
  const change = changing.mutate;
  const columns = useMemo((): readonly Column<User>[] => [
    { id: 'name', header: 'Name', width: '1.4fr', narrow: 'title', cell: user => <b>{user.name}</b> },
    { id: 'state', header: 'State', width: '1.2fr', cell: user => (user.is_disabled === true ? <StatusBadge status="disabled" /> : user.must_change_password === true ? <span className={classes.soft}>has a one-time password</span> : <StatusBadge status="active" />) },
    { id: 'kind', header: 'May', width: '1fr', cell: user => (user.is_administrator === true ? 'administer the hub' : <span className={classes.soft}>what workspaces allow</span>) },
    { id: 'since', header: 'Since', width: '110px', narrow: 'hide', cell: user => <Time value={user.created_at} /> },
    {
      id: 'acts', header: 'Change', width: '70px',
      cell: user => (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={`Change ${user.name}`}><EllipsisVertical size={16} /></ActionIcon></Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setAsked({ act: 'reset', user })}>New one-time password …</Menu.Item>
            <Menu.Item onClick={() => change({ user, is_administrator: user.is_administrator !== true })}>{user.is_administrator === true ? 'No administrator any more' : 'Make an administrator'}</Menu.Item>
            {user.is_disabled === true
              ? <Menu.Item onClick={() => change({ user, is_disabled: false })}>Let sign in again</Menu.Item>
              : <Menu.Item disabled={user.id === me.id} onClick={() => setAsked({ act: 'disable', user })}>Disable …</Menu.Item>}
            <Menu.Divider />
            <Menu.Item color="red" disabled={user.id === me.id} onClick={() => setAsked({ act: 'delete', user })}>Delete …</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ),
    },
  ], [change, me.id]);
  const rows = list.data?.pages.flatMap(page => page.items);
  const name = asked?.user.name ?? '';
  const close = () => setAsked(null);
  const reset = async () => {
    const password = oneTimePassword();
    await changeUser(asked!.user.id!, { password });
    setOnce({ user: name, password });
    await refresh();
  };
  return (
    <div className={classes.stage}>
      <div className={classes.bar}><p>All users of this hub.</p><Button size="xs" onClick={adding.open}>Add a user</Button></div>
      {list.error !== null && rows === undefined ? <ProblemAlert error={list.error} onRetry={() => void list.refetch()} /> : (
        <DataTable label="Users" columns={columns} rows={rows} rowId={row => row.id!} more={list} empty={<EmptyState icon={<Users size={22} />} title="There is no user" />} />
      )}
      {adds && <AddUser onClose={adding.close} onAdded={async added => { adding.close(); if (added.one_time_password != null) setOnce({ user: added.name, password: added.one_time_password }); await refresh(); }} />}
      <ConfirmDanger opened={asked?.act === 'reset'} onClose={close} title={`Give ${name} a new one-time password?`} action="Make a new one" onConfirm={reset}>
        Their present password does not work any more, and they are signed out everywhere. API keys stay.
      </ConfirmDanger>
      <ConfirmDanger opened={asked?.act === 'disable'} onClose={close} title={`Disable ${name}?`} action="Disable" onConfirm={async () => { await changeUser(asked!.user.id!, { is_disabled: true }); await refresh(); }}>
        They are signed out at once, and neither they nor their API keys get in until you let them again. Nothing of theirs is lost.
      </ConfirmDanger>
      <ConfirmDanger opened={asked?.act === 'delete'} onClose={close} title={`Delete ${name}?`} action="Delete user" typed={name} onConfirm={async () => { await deleteUser(asked!.user.id!); await refresh(); }}>
        Their sessions, API keys and own credentials are lost for good. What they did stays in the audit log.
      </ConfirmDanger>
      {once !== null && <ShownOnce title={`One-time password of ${once.user}`} secret={once.password} onClose={() => setOnce(null)}>It is shown this once. They choose a password of their own when they sign in with it.</ShownOnce>}
    </div>
  );
}

function AddUser({ onClose, onAdded }: { onClose: () => void; onAdded: (added: Awaited<ReturnType<typeof addUser>>) => void }) {
  const [name, setName] = useState('');
  const [isAdministrator, setAdministrator] = useState(false);
  const adding = useMutation({ mutationFn: () => addUser({ name: name.trim(), is_administrator: isAdministrator }), onSuccess: onAdded });
  return (
    <FormDialog title="Add a user" isChanged={name !== '' || isAdministrator} action="Add" onSubmit={() => adding.mutate()} isBusy={adding.isPending} error={adding.error} onClose={onClose}>
      <TextInput label="Name" description="What they sign in with. They get a one-time password, which is shown to you next." value={name} onChange={event => setName(event.currentTarget.value)} required withAsterisk={false} autoComplete="off" data-autofocus />
      <Checkbox label="An administrator of the hub" description="Decides on users, workspaces and the hub’s own settings." checked={isAdministrator} onChange={event => setAdministrator(event.currentTarget.checked)} />
    </FormDialog>
  );
}
