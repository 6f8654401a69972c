import { Button, Group, NumberInput, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Shape } from '@/api/client';
import { may, type Me } from '@/api/me';
import { plannerQuery, setPlanner } from '@/api/planner';
import { AskBeforeLeaving } from '@/components/feedback/AskBeforeLeaving';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { Card } from '@/components/page/Card';
import { Loading } from '@/components/page/Loading';
import { aiDraftOf, aiSettingsOf, usedText, type AiDraft } from './ai';
import classes from './SettingsPage.module.css';

/** Which AI the workspace asks, and how much a day. */
export function AiTab({ me }: { me: Me | undefined }) {
  const planner = useQuery(plannerQuery);
  if (planner.data === undefined) return <Card title="AI">{planner.error === null ? <Loading what="The settings of AI" /> : <ProblemAlert error={planner.error} onRetry={() => void planner.refetch()} />}</Card>;
  return <AiForm key={JSON.stringify(aiDraftOf(planner.data))} view={planner.data} mayEdit={may(me, 'owner')} />;
}

function AiForm({ view, mayEdit }: { view: Shape<'PlannerView'>; mayEdit: boolean }) {
  const client = useQueryClient();
  const saved = aiDraftOf(view);
  const [draft, setDraft] = useState<AiDraft>(saved);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved);
  const saving = useMutation({
    mutationFn: () => setPlanner(aiSettingsOf(draft)),
    onSuccess: next => {
      toastDone('It holds from now on.');
      client.setQueryData(plannerQuery.queryKey, next);
    },
  });
  const set = (change: Partial<AiDraft>) => {
    saving.reset();
    setDraft({ ...draft, ...change });
  };
  const usual = view.providers.find(each => each.id === draft.provider)?.model ?? 'The usual one';
  const amount = (field: 'tokens' | 'requests' | 'planTokens' | 'planCost', label: string, used: number, bound: number | null) => (
    <NumberInput
      label={label} description={usedText(used, bound)} min={0} allowDecimal={field === 'planCost'} thousandSeparator="," value={draft[field]} onChange={value => set({ [field]: value })}
      placeholder={field === 'planTokens' || field === 'planCost' ? 'No bound' : 'The usual budget'}
    />
  );
  return (
    <form onSubmit={event => { event.preventDefault(); saving.mutate(); }}>
      <AskBeforeLeaving when={isChanged && !saving.isPending} />
      <fieldset className={classes.fields} disabled={!mayEdit}>
        <Stack gap="md">
          <Card title="What steps of plans may use in a day">
            <Stack gap="md">
              <p className={classes.soft}>Holds for all plans of the workspace together, from midnight to midnight UTC. When it is used up, a step that asks an AI fails and says so; nothing else stops. One plan bounds its own executions in its settings.</p>
              <SimpleGrid cols={{ base: 1, sm: 2 }}>
                {amount('planTokens', 'Tokens', view.plan_tokens_today, view.plan_tokens_a_day)}
                {amount('planCost', 'Cost', view.plan_cost_today, view.plan_cost_a_day)}
              </SimpleGrid>
              <p className={classes.soft}>Cost is what vendors say that their answers cost; those that do not say count by tokens alone.</p>
            </Stack>
          </Card>
          <Card title="Drafts of plans from plain words">
            <Stack gap="md">
              <SimpleGrid cols={{ base: 1, sm: 3 }}>
                <Select label="AI" placeholder="The first that is connected" searchable clearable clearButtonProps={{ 'aria-label': 'The first that is connected' }} value={draft.provider} data={view.providers.map(each => ({ value: each.id, label: each.title }))} onChange={provider => set({ provider, model: '', connection: '' })} />
                <TextInput label="Model" placeholder={usual} disabled={draft.provider === null} value={draft.model} onChange={event => set({ model: event.currentTarget.value })} spellCheck={false} autoComplete="off" />
                <TextInput label="Credential" placeholder={draft.provider ?? 'The provider’s own'} disabled={draft.provider === null} value={draft.connection} onChange={event => set({ connection: event.currentTarget.value })} spellCheck={false} autoComplete="off" />
              </SimpleGrid>
              <SimpleGrid cols={{ base: 1, sm: 2 }}>
                {amount('tokens', 'Tokens a day', view.tokens_today, view.tokens_a_day)}
                {amount('requests', 'Questions a day', view.requests_today, view.requests_a_day)}
              </SimpleGrid>
              <p className={classes.soft}>An AI is connected under <Link to="/providers" search={{ category: 'AI' }}>Providers</Link>.</p>
            </Stack>
          </Card>
          {saving.error !== null && <ProblemAlert error={saving.error} />}
          {mayEdit ? <Group><Button type="submit" disabled={!isChanged} loading={saving.isPending}>Save</Button></Group> : <p className={classes.soft}>Owners of the workspace change this.</p>}
        </Stack>
      </fieldset>
    </form>
  );
}
