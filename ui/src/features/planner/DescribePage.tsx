import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Sparkles } from 'lucide-react';
import { useState } from 'react';
import { may, meQuery } from '@/api/me';
import { planDraftQuery } from '@/api/plan-draft';
import { plannerQuery } from '@/api/planner';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { Card } from '@/components/page/Card';
import { Loading } from '@/components/page/Loading';
import { Page } from '@/components/page/Page';
import { Time } from '@/components/time/Time';
import { countText } from '@/components/time/words';
import { draftPlan } from './api/change-draft';
import { planDraftsQuery } from './api/drafts';

import { DraftCard } from './draft/DraftCard';
import classes from './DescribePage.module.css';

/** A plan from plain words: an AI drafts it, the hub checks it, and a person decides. */
export function DescribePage() {
  const { draft: opened } = useSearch({ from: '/shell/describe-plan' });
  const navigate = useNavigate({ from: '/describe-plan' });
  const queries = useQueryClient();
  const me = useQuery(meQuery).data;
  const planner = useQuery(plannerQuery);
  const draft = useQuery({ ...planDraftQuery(opened ?? ''), enabled: opened !== undefined });
  const drafts = useInfiniteQuery(planDraftsQuery);
  const [prompt, setPrompt] = useState('');
  const [provider, setProvider] = useState<string | null>(null);
  const [model, setModel] = useState('');
  const drafting = useMutation({
    mutationFn: () => draftPlan({ prompt, provider: provider ?? undefined, model: model.trim() || undefined }),
    onSuccess: async made => {
      queries.setQueryData(planDraftQuery(made.draft).queryKey, made);
      await navigate({ search: { draft: made.draft } });
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['plan-drafts', 'list'] });
      void queries.invalidateQueries({ queryKey: ['planner'] });
    },
  });
  const mayDraft = may(me, 'operator');
  const usual = planner.data?.providers.find(each => each.id === (provider ?? planner.data.provider))?.model ?? undefined;
  const rows = drafts.data?.pages.flatMap(page => page.items) ?? [];
  return (
    <Page
      title="Describe a plan" above={<Link to="/plans" search={{}} className={classes.above}>Plans</Link>}
      lead="Say in plain words what is to happen. An AI drafts the plan; nothing of it runs before somebody has read and approved it."
    >
      {mayDraft && (
        <Card>
          <form className={classes.form} onSubmit={event => { event.preventDefault(); if (prompt.trim() !== '') drafting.mutate(); }}>
            <Textarea label="What is to happen" placeholder="Every night copy the site to the backup and tell the team in Slack." autosize minRows={3} maxRows={12} maxLength={8_000} value={prompt} onChange={event => setPrompt(event.currentTarget.value)} />
            <div className={classes.line}>
              <Select label="AI" placeholder={planner.data?.provider ?? 'The first that is connected'} searchable clearable clearButtonProps={{ 'aria-label': 'The usual AI' }} value={provider} data={planner.data?.providers.map(each => ({ value: each.id, label: each.title })) ?? []} onChange={setProvider} />
              <TextInput label="Model" placeholder={(provider === null ? planner.data?.model : undefined) ?? usual ?? 'The usual one'} value={model} onChange={event => setModel(event.currentTarget.value)} spellCheck={false} autoComplete="off" />
              <Button type="submit" loading={drafting.isPending} disabled={prompt.trim() === ''} leftSection={<Sparkles size={15} aria-hidden="true" />}>Draft it</Button>
            </div>
            {planner.data !== undefined && <p className={classes.soft}>The AI is told the names of endpoints and credentials, never a value. Today the workspace used {countText(planner.data.tokens_today)} of {countText(planner.data.tokens_a_day)} tokens. An AI is connected under <Link to="/providers" search={{ category: 'AI' }}>Providers</Link>.</p>}
            {drafting.error !== null && <ProblemAlert error={drafting.error} />}
          </form>
        </Card>
      )}
      {opened !== undefined && draft.data === undefined && (draft.error === null ? <Loading what="The draft" /> : <ProblemAlert error={draft.error} onRetry={() => void draft.refetch()} />)}
      {opened !== undefined && draft.data !== undefined && <DraftCard key={opened} draft={draft.data} mayApprove={may(me, 'editor')} mayDelete={may(me, 'editor') || (mayDraft && draft.data.user === me?.name)} />}
      {drafts.error !== null && <ProblemAlert error={drafts.error} onRetry={() => void drafts.refetch()} />}
      {rows.length > 0 && (
        <Card title="Drafts">
          <ul className={classes.drafts} aria-label="Drafts">
            {rows.map(row => (
              <li key={row.draft}>
                <Link to="/describe-plan" search={{ draft: row.draft }} aria-current={row.draft === opened ? 'true' : undefined}>
                  <span className={classes.prompt}>{row.prompt}</span>
                  <span className={classes.when}>{row.approved_at === null ? '' : 'approved · '}<Time value={row.created_at} /></span>
                </Link>
              </li>
            ))}
          </ul>
          {drafts.hasNextPage && <Button variant="subtle" size="xs" loading={drafts.isFetchingNextPage} onClick={() => void drafts.fetchNextPage()}>Show more</Button>}
        </Card>
      )}
    </Page>
  );
}
