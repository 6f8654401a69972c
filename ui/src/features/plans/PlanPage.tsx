import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function PlanPage() {
  return (
    <Page title="Plan">
      <Card><EmptyState title="This page is being built">One plan.</EmptyState></Card>
    </Page>
  );
}
