import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function ProviderPage() {
  return (
    <Page title="Provider">
      <Card><EmptyState title="This page is being built">One provider and its actions.</EmptyState></Card>
    </Page>
  );
}
