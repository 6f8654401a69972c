import '@mantine/spotlight/styles.css';
import { createSpotlight, Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Activity, Keyboard, ListTree, Moon, Play, Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { may, type Me } from '@/api/me';
import { planNamesQuery } from '@/api/plan-names';
import { toastProblem } from '@/components/feedback/toast';
import { runPlan } from '@/features/plans/api/run-plan';
import { places } from './navigation';

const [store, palette] = createSpotlight();
const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** One field for everything: pages, plans by name, an execution by its id. */
export function CommandPalette({ me, onClose, onHelp }: { me: Me; onClose: () => void; onHelp: () => void }) {
  const navigate = useNavigate();
  const { setColorScheme, colorScheme } = useMantineColorScheme();
  const plans = useQuery({ ...planNamesQuery, enabled: me.role !== null });
  const [query, setQuery] = useState('');
  useEffect(() => palette.open(), []);

  const pages: SpotlightActionData[] = places.map(place => ({
    id: place.to, label: place.label, keywords: place.words, leftSection: <place.icon size={17} aria-hidden="true" />, onClick: () => void navigate({ to: place.to }),
  }));
  const named: SpotlightActionData[] = (plans.data ?? []).map(plan => ({
    id: `plan-${plan.name}`, label: plan.name!, description: plan.description ?? undefined, leftSection: <ListTree size={17} aria-hidden="true" />,
    onClick: () => void navigate({ to: '/plans/$plan', params: { plan: plan.name! } }),
  }));
  // A plan that has to be told something first is opened, with the reason why it does not run.
  const run = async (plan: string) => {
    try {
      const { id: execution } = await runPlan({ plan, inputs: {} });
      await navigate({ to: '/executions/$execution', params: { execution } });
    } catch (error) {
      toastProblem(error, `'${plan}' was not started`);
      await navigate({ to: '/plans/$plan', params: { plan } });
    }
  };
  const runs: SpotlightActionData[] = may(me, 'operator') && /^r(u(n|$)|$)/i.test(query) ? (plans.data ?? []).map(plan => ({
    id: `run-${plan.name}`, label: `Run ${plan.name}`, leftSection: <Play size={17} aria-hidden="true" />, onClick: () => void run(plan.name!),
  })) : [];
  const id = query.trim();
  const executions: SpotlightActionData[] = idPattern.test(id)
    ? [{ id: 'execution', label: `Execution ${id}`, keywords: id, leftSection: <Activity size={17} aria-hidden="true" />, onClick: () => void navigate({ to: '/executions/$execution', params: { execution: id } }) }]
    : [];
  const others: SpotlightActionData[] = [
    { id: 'theme', label: colorScheme === 'dark' ? 'Light theme' : 'Dark theme', keywords: 'appearance colours', leftSection: <Moon size={17} aria-hidden="true" />, onClick: () => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark') },
    { id: 'help', label: 'Keyboard shortcuts', leftSection: <Keyboard size={17} aria-hidden="true" />, onClick: onHelp },
  ];
  return (
    <Spotlight
      store={store} query={query} onQueryChange={setQuery} onSpotlightClose={onClose} shortcut={null} scrollable maxHeight={420} limit={12} highlightQuery
      nothingFound="Nothing by that name." transitionProps={{ duration: 80 }} attributes={{ content: { 'aria-label': 'Go to' } }}
      searchProps={{ leftSection: <Search size={18} aria-hidden="true" />, placeholder: 'Go to a page, a plan, an execution …', 'aria-label': 'Go to' }}
      actions={[
        ...(executions.length > 0 ? [{ group: 'Executions', actions: executions }] : []),
        ...(runs.length > 0 ? [{ group: 'Run', actions: runs }] : []),
        { group: 'Pages', actions: pages },
        ...(named.length > 0 ? [{ group: 'Plans', actions: named }] : []),
        { group: 'More', actions: others },
      ]}
    />
  );
}
