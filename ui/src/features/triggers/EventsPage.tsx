import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function EventsPage() {
  return (
    <Page title="Events">
      <Card><EmptyState title="This page is being built">What triggers saw, and what became of it.</EmptyState></Card>
    </Page>
  );
}
