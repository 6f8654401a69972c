import { Button, SegmentedControl, Tabs } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { FileInput, KeyRound, Plus } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { may, meQuery } from '@/api/me';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { EmptyState } from '@/components/page/EmptyState';
import { Filters } from '@/components/page/Filters';
import { Page } from '@/components/page/Page';
import { SearchField } from '@/components/search/SearchField';
import { DataTable } from '@/components/table/DataTable';
import { credentialsQuery } from './api/credentials';
import { storeQuery } from './api/store';
import { CredentialDrawer } from './detail/CredentialDrawer';
import { AddCredential } from './forms/AddCredential';
import { ImportCredentials } from './forms/ImportCredentials';
import { columnsOf } from './list/columns';
import { keyOf, storeText, typeText } from './list/words';
import { StoreTab } from './store/StoreTab';
import classes from './CredentialsPage.module.css';

/** Secrets by their names: never a value, unless somebody asks for one, on record. */
export function CredentialsPage() {
  const search = useSearch({ from: '/shell/credentials' });
  const navigate = useNavigate({ from: '/credentials' });
  const me = useQuery(meQuery).data;
  const store = useQuery(storeQuery);
  const list = useInfiniteQuery(credentialsQuery(search.scope));
  const [adds, adding] = useDisclosure(false);
  const [imports, importing] = useDisclosure(false);
  const found = list.data?.pages.flatMap(page => page.items);
  const words = search.q?.toLowerCase();
  const rows = words === undefined ? found : found?.filter(credential => `${credential.name} ${credential.website ?? ''} ${typeText(credential)} ${credential.allowed_hosts.join(' ')}`.toLowerCase().includes(words));
  const opened = found?.find(credential => keyOf(credential) === search.open);
  // One that an address names may be on a page that is still to come.
  const isSought = search.open !== undefined && opened === undefined && list.hasNextPage && !list.isFetchingNextPage && !list.isFetchNextPageError;
  const { fetchNextPage } = list;
  useEffect(() => { if (isSought) void fetchNextPage(); }, [isSought, fetchNextPage]);
  const backend = store.data?.backend;
  const columns = useMemo(() => columnsOf(backend), [backend]);
  const set = (next: Partial<typeof search>) => void navigate({ search: { ...search, ...next }, replace: true });
  const mayAdd = may(me, 'operator');
  const add = mayAdd && <Button leftSection={<Plus size={15} aria-hidden="true" />} onClick={adding.open}>Add a credential</Button>;
  return (
    <Page
      title="Credentials" fill lead={store.data !== undefined && `The workspace’s rest ${storeText(store.data.backend)}. Values are shown to nobody unless somebody asks for one, which is on record.`}
      actions={mayAdd && <><Button variant="default" leftSection={<FileInput size={15} aria-hidden="true" />} onClick={importing.open}>Import</Button>{add}</>}
    >
      <Tabs value={search.tab ?? 'list'} onChange={tab => set({ tab: tab === 'store' ? 'store' : undefined })} keepMounted={false} classNames={{ root: classes.tabs, panel: classes.panel }}>
        <Tabs.List>
          <Tabs.Tab value="list">Credentials</Tabs.Tab>
          <Tabs.Tab value="store">Store{me?.is_administrator === true && ' and keys'}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="list">
          <Filters>
            <SearchField label="Search credentials" value={search.q} onChange={q => set({ q })} />
            <SegmentedControl size="xs" aria-label="Whose" value={search.scope ?? 'all'} onChange={scope => set({ scope: scope === 'user' || scope === 'workspace' ? scope : undefined })} data={[{ value: 'all', label: 'All' }, { value: 'workspace', label: 'The workspace’s' }, { value: 'user', label: 'Only yours' }]} />
          </Filters>
          {list.error !== null && rows === undefined ? <ProblemAlert error={list.error} onRetry={() => void list.refetch()} /> : (
            <DataTable
              label="Credentials" columns={columns} rows={rows} rowId={keyOf} more={list} onOpen={credential => set({ open: keyOf(credential) })}
              empty={words !== undefined || search.scope !== undefined
                ? <EmptyState icon={<KeyRound size={22} />} title="No credential fits" action={<Button variant="light" onClick={() => set({ q: undefined, scope: undefined })}>Show all</Button>} />
                : <EmptyState icon={<KeyRound size={22} />} title="There is no credential yet" action={add}>A credential is a secret under a name. Plans, endpoints and providers refer to it as <code>{'${cred:NAME}'}</code>, so that the secret itself stands in none of them.</EmptyState>}
            />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="store"><StoreTab me={me} /></Tabs.Panel>
      </Tabs>
      {opened !== undefined && <CredentialDrawer key={keyOf(opened)} credential={opened} me={me} backend={backend ?? 'database'} onClose={() => set({ open: undefined })} />}
      {adds && <AddCredential mayShare={may(me, 'editor')} onClose={adding.close} onAdded={credential => { adding.close(); set({ open: keyOf(credential) }); }} />}
      {imports && <ImportCredentials mayShare={may(me, 'editor')} onClose={importing.close} />}
    </Page>
  );
}
