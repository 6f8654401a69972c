import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { LayoutTemplate, Play, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { may, meQuery } from '@/api/me';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastProblem } from '@/components/feedback/toast';
import { EmptyState } from '@/components/page/EmptyState';
import { Filters } from '@/components/page/Filters';
import { Page } from '@/components/page/Page';
import { SearchField } from '@/components/search/SearchField';
import { DataTable, type Column } from '@/components/table/DataTable';
import { Time } from '@/components/time/Time';
import { runTemplate } from './api/change-template';
import { templatesQuery, type Template } from './api/templates';
import { deletes, draftOfTemplate } from './form/draft';
import { modeText, wayText } from './list/words';
import classes from './templates/columns.module.css';
import { DeletingRun } from './templates/DeletingRun';

/** Saved transfers and chains, to be run again. */
export function TemplatesPage() {
  const { q } = useSearch({ from: '/shell/templates' });
  const navigate = useNavigate({ from: '/templates' });
  const me = useQuery(meQuery).data;
  const list = useInfiniteQuery(templatesQuery);
  const running = useMutation({
    mutationFn: runTemplate,
    onSuccess: transfer => navigate({ to: '/transfers/$transfer', params: { transfer: transfer.id }, search: {} }),
  });
  const { mutate } = running;
  const [asked, setAsked] = useState<Template | null>(null);
  const mayRun = may(me, 'operator');
  const columns = useMemo(() => columnsOf(mayRun ? template => (deletes(draftOfTemplate(template)) ? setAsked(template) : mutate(template.name, { onError: error => toastProblem(error, 'It was not started') })) : null), [mayRun, mutate]);
  const found = list.data?.pages.flatMap(page => page.items);
  const rows = q === undefined ? found : found?.filter(template => `${template.name} ${template.description ?? ''} ${wayText(template)}`.toLowerCase().includes(q.toLowerCase()));
  const add = may(me, 'editor') && <Button component={Link} to="/templates/new" leftSection={<Plus size={15} aria-hidden="true" />}>New template</Button>;
  return (
    <Page title="Templates" fill actions={add}>
      <Filters><SearchField label="Search templates" value={q} onChange={next => void navigate({ search: { q: next }, replace: true })} /></Filters>
      {list.error !== null && rows === undefined ? <ProblemAlert error={list.error} onRetry={() => void list.refetch()} /> : (
        <DataTable
          label="Templates" columns={columns} rows={rows} rowId={row => row.id} more={list}
          onOpen={row => void navigate({ to: '/templates/$template', params: { template: row.name } })}
          empty={q !== undefined
            ? <EmptyState icon={<LayoutTemplate size={22} />} title="No template fits">Clear the search to see every template.</EmptyState>
            : <EmptyState icon={<LayoutTemplate size={22} />} title="There is no template yet" action={add}>A template is a transfer under a name: which files, where to, and by which schedule. With several targets it is a chain, in which each gives what arrived to the next.</EmptyState>}
        />
      )}
      <DeletingRun opened={asked !== null} name={asked?.name ?? ''} onClose={() => setAsked(null)} onConfirm={() => running.mutateAsync(asked!.name)} />
    </Page>
  );
}

const columnsOf = (onRun: ((template: Template) => void) | null): readonly Column<Template>[] => [
  { id: 'name', header: 'Template', width: '1.2fr', narrow: 'title', cell: template => <Link to="/templates/$template" params={{ template: template.name }}>{template.name}</Link> },
  { id: 'mode', header: 'Mode', width: '100px', cell: template => <span className={classes.soft}>{modeText(template.mode, template.to.length)}</span> },
  { id: 'pattern', header: 'Files', width: '.7fr', cell: template => <span className={classes.soft}>{template.pattern ?? 'all'}</span> },
  { id: 'way', header: 'Way', width: '2fr', cell: template => <span className={classes.way} title={wayText(template)}>{wayText(template)}</span> },
  { id: 'changed', header: 'Changed', width: '104px', narrow: 'hide', cell: template => <Time value={template.updated_at} /> },
  ...(onRun === null ? [] : [{
    id: 'run', header: 'Run', width: '44px', align: 'end' as const,
    cell: (template: Template) => <Tooltip label="Run it now"><ActionIcon variant="subtle" aria-label={`Run '${template.name}' now`} onClick={() => onRun(template)}><Play size={15} /></ActionIcon></Tooltip>,
  }]),
];
