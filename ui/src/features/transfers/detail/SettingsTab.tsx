import { JsonView } from '@/components/json/JsonView';
import { Card } from '@/components/page/Card';
import { plural } from '@/components/time/words';
import type { Transfer } from '../api/list-transfers';

/** As it was asked for. */
export function SettingsTab({ transfer }: { transfer: Transfer }) {
  const { mode, from, to, files, options } = transfer;
  return (
    <>
      <Card title="What was asked for"><JsonView value={{ mode, from, to, ...(options !== undefined && options !== null && Object.keys(options).length > 0 ? { options } : {}) }} label="Request" /></Card>
      {files !== undefined && files !== null && <Card title={`Only ${plural(files.length, 'file or folder', 'files and folders')}`}><JsonView value={files.join('\n')} label="Named files" /></Card>}
    </>
  );
}
