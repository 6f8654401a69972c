import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function ProvidersPage() {
  return (
    <Page title="Providers">
      <Card><EmptyState title="This page is being built">What plans can talk to.</EmptyState></Card>
    </Page>
  );
}
