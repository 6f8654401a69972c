import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { meQuery } from '@/api/me';
import { Page } from '@/components/page/Page';
import { NotificationsTab } from './notifications/NotificationsTab';
import { AiTab } from './settings/AiTab';
import { EgressTab } from './settings/EgressTab';
import { HubTab } from './settings/HubTab';
import { settingTabs } from './settings/tabs';
import classes from './settings/SettingsPage.module.css';

/** What holds for the workspace and, for administrators, for the hub. */
export function SettingsPage() {
  const search = useSearch({ from: '/shell/settings' });
  const navigate = useNavigate({ from: '/settings' });
  const me = useQuery(meQuery).data;
  const isAdministrator = me?.is_administrator === true;
  const tab = search.tab ?? (me === undefined || isAdministrator ? 'hub' : 'notifications');
  return (
    <Page title="Settings" fill>
      <Tabs value={tab} onChange={next => void navigate({ search: { tab: settingTabs.find(each => each === next) }, replace: true })} keepMounted={false} classNames={{ root: classes.tabs, panel: classes.panel }}>
        <Tabs.List>
          {isAdministrator && <Tabs.Tab value="hub">The hub</Tabs.Tab>}
          <Tabs.Tab value="notifications">Notifications</Tabs.Tab>
          <Tabs.Tab value="requests">Requests out</Tabs.Tab>
          <Tabs.Tab value="ai">AI</Tabs.Tab>
        </Tabs.List>
        {isAdministrator && <Tabs.Panel value="hub"><HubTab /></Tabs.Panel>}
        <Tabs.Panel value="notifications"><NotificationsTab me={me} /></Tabs.Panel>
        <Tabs.Panel value="requests"><EgressTab me={me} /></Tabs.Panel>
        <Tabs.Panel value="ai"><AiTab me={me} /></Tabs.Panel>
      </Tabs>
    </Page>
  );
}
