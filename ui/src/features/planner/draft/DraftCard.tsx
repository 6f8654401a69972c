import { Alert, Badge, Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Check, PencilLine, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { approveDraft, type PlanDraft } from '@/api/plan-draft';
import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';
import { ProblemAlert } from '@/components/feedback/ProblemAlert';
import { toastDone } from '@/components/feedback/toast';
import { JsonView } from '@/components/json/JsonView';
import { Card } from '@/components/page/Card';
import { deleteDraft } from '../api/change-draft';
import classes from './DraftCard.module.css';
import { costText, obstacleOf, providerOf } from './words';

interface DraftCardProps {
  draft: PlanDraft;
  mayApprove: boolean;
  mayDelete: boolean;
}

/** What an AI drafted: the steps in plain words, what they need, what is missing, the plan itself; and what a person decides. */
export function DraftCard({ draft, mayApprove, mayDelete }: DraftCardProps) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [deletes, setDeletes] = useState(false);
  const refresh = () => queries.invalidateQueries({ queryKey: ['plan-drafts'] });
  const approving = useMutation({
    mutationFn: () => approveDraft(draft.draft),
    onSuccess: async ({ plan }) => {
      toastDone(`The plan ${plan.name} is saved. It has not been started.`);
      void queries.invalidateQueries({ queryKey: ['plans'] });
      await navigate({ to: '/plans/$plan', params: { plan: plan.name! }, search: {} });
    },
    onSettled: refresh,
  });
  const obstacle = obstacleOf(draft);
  return (
    <Card title={draft.approved_at === null ? 'The draft' : 'The draft, approved'}>
      <div className={classes.draft}>
        <blockquote className={classes.prompt}>{draft.prompt}</blockquote>
        {draft.steps.length > 0 && <Section title="What it does, as the AI says"><ol className={classes.list}>{draft.steps.map((step, index) => <li key={index}>{step}</li>)}</ol></Section>}
        {draft.starts_by_itself && draft.approved_at === null && <Alert color="yellow" variant="light" role="note" icon={<TriangleAlert size={18} />} title="It starts by itself">Once it is saved, its triggers start it, without anybody pressing Run.</Alert>}
        {draft.missing.length > 0 && <Section title="What is missing"><ul className={classes.list}>{draft.missing.map((text, index) => <li key={index}>{text}</li>)}</ul></Section>}
        {draft.findings.length > 0 && <Section title="What is wrong with the plan"><ul className={classes.list}>{draft.findings.map((finding, index) => <li key={index}>{draft.plan !== null && `Line ${finding.line}: `}{finding.message}</li>)}</ul></Section>}
        {draft.connections.length > 0 && (
          <Section title="The credentials it uses">
            <ul className={classes.needs}>
              {draft.connections.map(({ name, provider, is_missing: isMissing }) => (
                <li key={name}>
                  <code>{name}</code>{provider !== null && <span>for {provider}</span>}
                  <Badge variant="light" color={isMissing ? 'red' : 'green'} tt="none">{isMissing ? 'Missing' : 'There'}</Badge>
                  {isMissing && (provider === null ? <Link to="/credentials" search={{}}>Add it</Link> : <Link to="/providers" search={{ q: provider }}>Connect it</Link>)}
                </li>
              ))}
            </ul>
          </Section>
        )}
        {draft.uses.length > 0 && (
          <Section title="The actions it uses">
            <ul className={classes.needs}>{draft.uses.map(use => <li key={use}><Link to="/providers/$provider" params={{ provider: providerOf(use) }} search={{ action: use.slice(providerOf(use).length + 1) || undefined }}><code>{use}</code></Link></li>)}</ul>
          </Section>
        )}
        {draft.plan !== null && <JsonView value={draft.plan} label="Plan" />}
        <p className={classes.soft}>{costText(draft)}</p>
        {approving.error !== null && <ProblemAlert error={approving.error} />}
        {obstacle !== null && draft.approved_at === null && <p className={classes.soft}>{obstacle}</p>}
        <div className={classes.buttons}>
          {draft.plan_id !== null && <Button renderRoot={props => <Link {...props} to="/plans/$plan" params={{ plan: draft.plan_id! }} search={{}} />}>Show the plan</Button>}
          {draft.approved_at === null && mayApprove && <Button leftSection={<Check size={15} aria-hidden="true" />} disabled={obstacle !== null} loading={approving.isPending} onClick={() => approving.mutate()}>Approve and save</Button>}
          {draft.approved_at === null && draft.plan !== null && <Button variant="default" leftSection={<PencilLine size={15} aria-hidden="true" />} renderRoot={props => <Link {...props} to="/new-plan" search={{ draft: draft.draft }} />}>Open in the editor</Button>}
          {mayDelete && <Button variant="subtle" color="red" onClick={() => setDeletes(true)}>Delete …</Button>}
        </div>
      </div>
      <ConfirmDanger
        opened={deletes} onClose={() => setDeletes(false)} title="Delete this draft?" action="Delete the draft"
        onConfirm={async () => {
          await deleteDraft(draft.draft);
          await navigate({ to: '/describe-plan', search: {}, replace: true });
          await refresh();
        }}
      >
        {draft.plan_id === null ? 'Its text is gone.' : 'The plan that was made of it stays.'}
      </ConfirmDanger>
    </Card>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return <section className={classes.section} aria-label={title}><h3>{title}</h3>{children}</section>;
}
