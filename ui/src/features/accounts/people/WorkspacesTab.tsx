import { ActionIcon, Button, Menu, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { EllipsisVertical, FolderTree } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Me } from '@/api/me';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { FormDialog } from '@/components/form/FormDialog';
import { EmptyState } from '@/components/page/EmptyState';
import { DataTable, type Column } from '@/components/table/DataTable';
import { Time } from '@/components/time/Time';
import { addWorkspace, deleteWorkspace, renameWorkspace } from '../api/change-people';
import { workspacesQuery, type Workspace } from '../api/people';
import classes from './lists.module.css';

/** The workspaces: nothing of one is seen from another. */
export function WorkspacesTab({ me }: { me: Me }) {
  const client = useQueryClient();
  const list = useQuery(workspacesQuery);
  const [named, setNamed] = useState<Workspace | 'new' | null>(null);
  const [leaving, setLeaving] = useState<Workspace | null>(null);
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: ['workspaces'] }), client.invalidateQueries({ queryKey: ['me'] })]);
  const columns = useMemo((): readonly Column<Workspace>[] => [
    { id: 'name', header: 'Name', width: '1.5fr', narrow: 'title', cell: workspace => <b>{workspace.name}</b> },
    { id: 'role', header: 'You are', width: '1fr', cell: workspace => me.workspaces.find(mine => mine.id === workspace.id)?.role ?? <span className={classes.soft}>no member</span> },
    { id: 'since', header: 'Since', width: '110px', cell: workspace => <Time value={workspace.created_at} /> },
    {
      id: 'acts', header: 'Change', width: '70px',
      cell: workspace => (me.is_administrator || me.workspaces.some(mine => mine.id === workspace.id && mine.role === 'owner')) && (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={`Change the workspace ${workspace.name}`}><EllipsisVertical size={16} /></ActionIcon></Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setNamed(workspace)}>Rename …</Menu.Item>
            {me.is_administrator && <Menu.Item color="red" onClick={() => setLeaving(workspace)}>Delete …</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      ),
    },
  ], [me]);
  return (
    <div className={classes.stage}>
      <div className={classes.bar}><p>People, endpoints, plans and credentials that belong together. Nothing of one workspace is seen from another.</p>{me.is_administrator && <Button size="xs" onClick={() => setNamed('new')}>Add a workspace</Button>}</div>
      {list.error !== null && list.data === undefined ? <ProblemAlert error={list.error} onRetry={() => void list.refetch()} /> : <DataTable label="Workspaces" columns={columns} rows={list.data} rowId={row => row.id!} empty={<EmptyState icon={<FolderTree size={22} />} title="There is no workspace that you may see" />} />}
      {named !== null && <NameWorkspace workspace={named === 'new' ? null : named} onClose={() => setNamed(null)} onNamed={refresh} />}
      <ConfirmDanger opened={leaving !== null} onClose={() => setLeaving(null)} title={`Delete the workspace ${leaving?.name ?? ''}?`} action="Delete workspace" typed={leaving?.name} onConfirm={async () => { await deleteWorkspace(leaving!.id!); await refresh(); }}>
        Only one that holds nothing any more is deleted. Its members lose nothing else.
      </ConfirmDanger>
    </div>
  );
}

function NameWorkspace({ workspace, onClose, onNamed }: { workspace: Workspace | null; onClose: () => void; onNamed: () => Promise<unknown> }) {
  const [name, setName] = useState(workspace?.name ?? '');
  const saving = useMutation({
    mutationFn: async () => { if (workspace === null) await addWorkspace(name.trim()); else await renameWorkspace(workspace.id!, name.trim()); },
    onSuccess: async () => { toastDone(workspace === null ? 'The workspace is there, and you may make somebody its owner.' : 'It is renamed.'); onClose(); await onNamed(); },
  });
  return (
    <FormDialog title={workspace === null ? 'Add a workspace' : `Rename ${workspace.name}`} isChanged={name !== (workspace?.name ?? '')} action={workspace === null ? 'Add' : 'Rename'} onSubmit={() => saving.mutate()} isBusy={saving.isPending} error={saving.error} onClose={onClose}>
      <TextInput label="Name" value={name} onChange={event => setName(event.currentTarget.value)} required withAsterisk={false} autoComplete="off" data-autofocus />
    </FormDialog>
  );
}
