// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { DataTable } from '@/components/table/DataTable';

const shown = (hasMore: boolean) => renderToString(createElement(MantineProvider, null, createElement(DataTable<{ id: string }>, {
  label: 'Credentials', columns: [{ id: 'name', header: 'Name', cell: row => row.id }], rows: [], rowId: row => row.id, hasMore, empty: 'No credential fits',
})));

describe('a list without rows', () => {
  it('says so', () => expect(shown(false)).toContain('No credential fits'));

  it('does not say so while pages are still to come in which something may fit', () => {
    expect(shown(true)).not.toContain('No credential fits');
    expect(shown(true)).toContain('Credentials are being loaded');
  });
});
