import type { ManifestFile } from '../api/list-manifest';

const filesMax = 1_000;

/** The files that came to their end last, the newest first; bounded, and told to those who look at most once a frame. */
export class FileTail {
  private files: ManifestFile[] = [];
  private snapshot: readonly ManifestFile[] = [];
  private frame: number | null = null;
  private readonly watchers = new Set<() => void>();

  append(files: readonly ManifestFile[]): void {
    if (files.length === 0) return;
    this.files = [...this.files, ...files].slice(-filesMax);
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.snapshot = this.files.toReversed();
      for (const watcher of this.watchers) watcher();
    });
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  readonly read = (): readonly ManifestFile[] => this.snapshot;
}
