import { Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Blocks, FileInput, Plus } from 'lucide-react';
import { useState } from 'react';
import { meQuery } from '@/api/me';
import { providersQuery } from '@/api/providers';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { EmptyState } from '@/components/page/EmptyState';
import { Filters } from '@/components/page/Filters';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { SearchField } from '@/components/search/SearchField';
import { plural } from '@/components/time/words';
import { connectionsQuery } from './api/connections';
import { unusableProvidersQuery } from './api/unusable';
import { groupsOf } from './catalogue/groups';
import { Unusable } from './own/Unusable';
import classes from './ProvidersPage.module.css';

const shownAtFirst = 24;

/** All that plans can use, by what it is for. */
export function ProvidersPage() {
  const search = useSearch({ from: '/shell/providers' });
  const navigate = useNavigate({ from: '/providers' });
  const me = useQuery(meQuery).data;
  const query = useQuery(providersQuery);
  const connected = new Set(useQuery(connectionsQuery()).data?.filter(connection => connection.problem === null && !connection.needs_consent).map(connection => connection.provider));
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const unusable = useQuery(unusableProvidersQuery).data ?? [];
  const providers = query.data ?? [];
  const categories = [...new Set(providers.map(provider => provider.category))].sort();
  const groups = groupsOf(providers, search.q, search.category);
  const set = (next: Partial<typeof search>) => void navigate({ search: before => ({ ...before, ...next }), replace: true });
  return (
    <Page
      title="Providers" lead="What steps of plans can do, and what each action takes."
      actions={me?.is_administrator === true && <>
        <Button component={Link} to="/import-provider" variant="default" leftSection={<FileInput size={15} aria-hidden="true" />}>Import an API</Button>
        <Button component={Link} to="/new-provider" leftSection={<Plus size={15} aria-hidden="true" />}>New provider</Button>
      </>}
    >
      <Unusable providers={unusable} mayChange={me?.is_administrator === true} />
      <Filters>
        <SearchField label="Search providers and actions" value={search.q} onChange={q => set({ q })} />
        <Select aria-label="Category" placeholder="Every category" size="sm" clearable searchable w={220} value={search.category ?? null} clearButtonProps={{ 'aria-label': 'Every category' }} data={categories} onChange={category => set({ category: category ?? undefined })} />
      </Filters>
      {query.data === undefined && (query.error === null ? <Loading what="The providers" /> : <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />)}
      {query.data !== undefined && groups.length === 0 && <EmptyState icon={<Blocks size={22} />} title="No provider fits" action={<Button variant="light" onClick={() => void navigate({ search: {}, replace: true })}>Show all</Button>}>Any API can be called by <Link to="/providers/$provider" params={{ provider: 'http' }} search={{}}>HTTP</Link>.</EmptyState>}
      {groups.map(group => {
        const isWhole = whole.has(group.category) || group.providers.length <= shownAtFirst;
        return (
          <section key={group.category} className={classes.group} aria-label={group.category}>
            <h2 className={classes.category}>{group.category}</h2>
            <ul className={classes.grid}>
              {(isWhole ? group.providers : group.providers.slice(0, shownAtFirst)).map(provider => (
                <li key={provider.id}>
                  <Link to="/providers/$provider" params={{ provider: provider.id }} search={{}} className={classes.provider}>
                    <b>{provider.title}</b><span className={classes.count}>{connected.has(provider.id) ? 'Connected · ' : ''}{plural(provider.actions.length, 'action')}</span>
                    <span className={classes.help}>{provider.help}</span>
                  </Link>
                </li>
              ))}
            </ul>
            {!isWhole && <Button variant="subtle" size="xs" onClick={() => setWhole(new Set([...whole, group.category]))}>Show all {group.providers.length}</Button>}
          </section>
        );
      })}
    </Page>
  );
}
