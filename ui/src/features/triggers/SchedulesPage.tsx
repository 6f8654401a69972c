import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function SchedulesPage() {
  return (
    <Page title="Schedules">
      <Card><EmptyState title="This page is being built">What will run, as a calendar.</EmptyState></Card>
    </Page>
  );
}
