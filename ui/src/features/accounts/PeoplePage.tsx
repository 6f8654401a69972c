import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { meQuery } from '@/api/me';
import { Page } from '@/components/page/Page';
import { KeysTab } from './keys/KeysTab';
import { MembersTab } from './people/MembersTab';
import { UsersTab } from './people/UsersTab';
import { WorkspacesTab } from './people/WorkspacesTab';
import { peopleTabs } from './tabs';
import { YouTab } from './you/YouTab';
import classes from './PeoplePage.module.css';

/** Who may what: members, one's own keys and sessions, and for administrators the users of the hub. */
export function PeoplePage() {
  const { tab = 'members' } = useSearch({ from: '/shell/people' });
  const navigate = useNavigate({ from: '/people' });
  const me = useQuery(meQuery).data;
  return (
    <Page title="People and API keys" fill>
      <Tabs value={tab} onChange={next => void navigate({ search: { tab: next === 'members' ? undefined : peopleTabs.find(each => each === next) }, replace: true })} keepMounted={false} classNames={{ root: classes.tabs, tab: classes.tab, panel: classes.panel }}>
        <Tabs.List>
          <Tabs.Tab value="members">Members</Tabs.Tab>
          <Tabs.Tab value="keys"><span className={classes.more}>Your </span>API keys</Tabs.Tab>
          <Tabs.Tab value="you">You</Tabs.Tab>
          {me?.is_administrator === true && <Tabs.Tab value="users">Users<span className={classes.more}> of the hub</span></Tabs.Tab>}
          <Tabs.Tab value="workspaces">Workspaces</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="members"><MembersTab me={me} /></Tabs.Panel>
        <Tabs.Panel value="keys"><KeysTab me={me} /></Tabs.Panel>
        <Tabs.Panel value="you"><YouTab /></Tabs.Panel>
        {me?.is_administrator === true && <Tabs.Panel value="users"><UsersTab me={me} /></Tabs.Panel>}
        <Tabs.Panel value="workspaces">{me !== undefined && <WorkspacesTab me={me} />}</Tabs.Panel>
      </Tabs>
    </Page>
  );
}
