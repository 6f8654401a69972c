import { Menu, useMantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { BookOpen, Check, Keyboard, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import type { Me } from '@/api/me';
import { chooseWorkspace } from '@/api/workspace';
import { signOut } from '@/api/sign-out';
import { toastProblem } from '@/components/feedback/toast';
import classes from './Shell.module.css';

const schemes = [
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
  { value: 'auto', label: 'As the system', icon: Monitor },
] as const;

/** Who is signed in, in which workspace, and how it looks. */
export function PersonMenu({ me, onHelp }: { me: Me; onHelp: () => void }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    try {
      await signOut();
    } catch (error) {
      toastProblem(error, 'You are still signed in');
      return;
    }
    chooseWorkspace(null);
    await navigate({ to: '/sign-in' });
    client.clear();
  };
  const change = async (id: string) => {
    chooseWorkspace(id);
    await navigate({ to: '/' });
    await client.resetQueries();
  };
  return (
    <Menu position="top-start" width={220} withinPortal>
      <Menu.Target>
        <button type="button" className={classes.person}>
          <span className={classes.avatar} aria-hidden="true">{me.name.slice(0, 2)}</span>
          <span className={classes.personText}><b>{me.name}</b><span>{me.workspace === null ? 'No workspace' : `${me.workspace} · ${me.role}`}</span></span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {me.workspaces.length > 1 && <Menu.Label>Workspace</Menu.Label>}
        {me.workspaces.length > 1 && me.workspaces.map(workspace => (
          <Menu.Item key={workspace.id} onClick={() => void change(workspace.id!)} rightSection={workspace.name === me.workspace && <Check size={14} aria-label="chosen" />}>{workspace.name}</Menu.Item>
        ))}
        <Menu.Label>Appearance</Menu.Label>
        {schemes.map(scheme => (
          <Menu.Item key={scheme.value} leftSection={<scheme.icon size={15} aria-hidden="true" />} onClick={() => setColorScheme(scheme.value)} rightSection={colorScheme === scheme.value && <Check size={14} aria-label="chosen" />}>{scheme.label}</Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Keyboard size={15} aria-hidden="true" />} onClick={onHelp} rightSection={<kbd className={classes.kbd}>?</kbd>}>Keyboard</Menu.Item>
        <Menu.Item leftSection={<BookOpen size={15} aria-hidden="true" />} component="a" href="/api/docs">The API</Menu.Item>
        <Menu.Item leftSection={<LogOut size={15} aria-hidden="true" />} onClick={() => void leave()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
