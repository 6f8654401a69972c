import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function TransfersPage() {
  return (
    <Page title="Transfers">
      <Card><EmptyState title="This page is being built">What moves now, and what moved.</EmptyState></Card>
    </Page>
  );
}
