import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function EndpointPage() {
  return (
    <Page title="Endpoint">
      <Card><EmptyState title="This page is being built">One place for files.</EmptyState></Card>
    </Page>
  );
}
