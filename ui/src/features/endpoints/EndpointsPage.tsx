import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function EndpointsPage() {
  return (
    <Page title="Endpoints">
      <Card><EmptyState title="This page is being built">Places for files, their limits and last tests.</EmptyState></Card>
    </Page>
  );
}
