import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function PeoplePage() {
  return (
    <Page title="People and API keys">
      <Card><EmptyState title="This page is being built">Users, roles and keys.</EmptyState></Card>
    </Page>
  );
}
