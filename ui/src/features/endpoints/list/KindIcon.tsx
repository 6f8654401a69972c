import { Cloud, Database, FolderOpen, HardDrive, Network, Server, ShieldCheck, type LucideIcon } from 'lucide-react';

const icons: Readonly<Record<string, LucideIcon>> = { local: HardDrive, sftp: ShieldCheck, ftp: Server, ftps: Server, s3: Database, smb: Network, rclone: Cloud };

/** By which kinds are told apart at a glance; a kind that nobody drew is a folder. */
export function KindIcon({ kind, size = 18 }: { kind: string; size?: number }) {
  const Icon = icons[kind] ?? FolderOpen;
  return <Icon size={size} aria-hidden="true" />;
}
