import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

interface Chunk {
  file: string;
  imports?: string[];
  isEntry?: boolean;
}

const folder = new URL('../../artifacts/ui/', import.meta.url);
const manifestFile = new URL('.vite/manifest.json', folder);
const bytesMax = 200_000;

describe.skipIf(!existsSync(manifestFile))('the shell, as it was built', () => {
  const chunks = existsSync(manifestFile) ? (JSON.parse(readFileSync(manifestFile, 'utf8')) as Record<string, Chunk>) : {};
  const filesOf = (names: readonly string[]) => {
    const files = new Set<string>();
    const collect = (name: string) => {
      const chunk = chunks[name]!;
      if (files.has(chunk.file)) return;
      files.add(chunk.file);
      chunk.imports?.forEach(collect);
    };
    names.forEach(collect);
    return files;
  };
  const shell = filesOf(Object.keys(chunks).filter(name => chunks[name]!.isEntry === true));

  it(`is less than ${bytesMax} bytes of compressed script`, () => {
    const bytes = [...shell].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, folder))).length, 0);

    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(bytesMax);
  });

  it('is followed by few files before the first list, most of which came with the page before', () => {
    const list = filesOf(['src/features/executions/ExecutionsPage.tsx']);
    const first = filesOf(['src/features/operations/OverviewPage.tsx']);

    const beside = [...list].filter(file => !shell.has(file));

    expect(beside.length).toBeLessThan(10);
    expect(beside.filter(file => !first.has(file)).length).toBeLessThan(5);
  });

  it('has no script within the page', () => {
    const page = readFileSync(new URL('index.html', folder), 'utf8');

    expect(page.match(/<script(?![^>]*\bsrc=)/g)).toBeNull();
    expect(page.match(/\bon[a-z]+=|<style|style=/g)).toBeNull();
  });
});
