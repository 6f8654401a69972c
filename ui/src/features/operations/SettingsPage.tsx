import { Card } from '@/components/page/Card';
import { EmptyState } from '@/components/page/EmptyState';
import { Page } from '@/components/page/Page';

export function SettingsPage() {
  return (
    <Page title="Settings">
      <Card><EmptyState title="This page is being built">Every setting of the hub with its meaning.</EmptyState></Card>
    </Page>
  );
}
