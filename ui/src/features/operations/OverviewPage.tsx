import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function OverviewPage() {
  return (
    <Page title="Overview">
      <Card><EmptyState title="This page is being built">What runs and what is wrong, at a glance.</EmptyState></Card>
    </Page>
  );
}
