import { ConfirmDanger } from '@/components/feedback/ConfirmDanger';

/** Asks before a template is run that deletes at its target. */
export function DeletingRun({ opened, name, onClose, onConfirm }: { opened: boolean; name: string; onClose: () => void; onConfirm: () => Promise<unknown> }) {
  return (
    <ConfirmDanger opened={opened} onClose={onClose} title={`Run '${name}', which deletes?`} action="Run it" onConfirm={onConfirm}>
      What is at the target and not among the files of the source is deleted there, for good unless a folder for backups is set. “What would happen” on the template's page lists it.
    </ConfirmDanger>
  );
}
