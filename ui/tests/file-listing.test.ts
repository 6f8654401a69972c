import { describe, expect, it, vi } from 'vitest';
import { clashesOf, moveProblem } from '@/features/endpoints/files/actions';
import { filtered, LineReader, modeText, sorted, sumsOf, type FileEntry } from '@/features/endpoints/files/listing';
import { cameFrom, crumbsOf, nameProblem, parentOf, placeOf, textOfPlace } from '@/features/endpoints/files/paths';
import { textOfBytes } from '@/features/endpoints/files/preview';
import { extended, kept, nothing, only, steppedTo, toggled } from '@/features/endpoints/files/selection';

const entry = (name: string, more: Partial<FileEntry> = {}): FileEntry => ({ name, kind: 'file', size: 1, modified_at: null, mode: null, link_target: null, is_text: true, ...more });
const names = (entries: readonly FileEntry[]) => entries.map(each => each.name);

describe('a listing', () => {
  it('is put together out of lines that were cut anywhere', () => {
    const lines = new LineReader();
    const text = `${JSON.stringify(entry('a'))}\n${JSON.stringify(entry('ä'))}\n{"more":true}\n`;
    const parts = [text.slice(0, 10), text.slice(10, 140), text.slice(140)].map(part => lines.push(part));
    expect(parts.flatMap(part => names(part.entries))).toEqual(['a', 'ä']);
    expect(parts.map(part => part.hasMore)).toEqual([false, false, true]);
  });

  it('has folders first in every order, and numbers in their order', () => {
    const entries = [entry('img10', { size: 5 }), entry('img2', { size: 9 }), entry('sub', { kind: 'folder', size: null }), entry('Img1', { size: 7 })];
    expect(names(sorted(entries, 'name'))).toEqual(['sub', 'Img1', 'img2', 'img10']);
    expect(names(sorted(entries, '-name'))).toEqual(['sub', 'img10', 'img2', 'Img1']);
    expect(names(sorted(entries, '-size'))).toEqual(['sub', 'img2', 'Img1', 'img10']);
  });

  it('of very many is sorted by letters instead of by a language, and each name is looked at once', () => {
    const collator = vi.spyOn(Intl, 'Collator');
    const count = 20_001;
    let reads = 0;
    const entries = Array.from({ length: count }, (_, index) => Object.defineProperty(entry(''), 'name', { get: () => (reads++, `File-${(index * 7_919) % count}`) }));

    const rows = sorted(entries, 'name');

    expect(reads).toBe(count);
    expect(collator).not.toHaveBeenCalled();
    expect(names(rows.slice(0, 3))).toEqual(['File-0', 'File-1', 'File-10']);
  });

  it('is filtered by a part of the name, or by a pattern', () => {
    const entries = [entry('a.txt'), entry('b.TXT'), entry('txt.d')];
    expect(names(filtered(entries, 'txt'))).toHaveLength(3);
    expect(names(filtered(entries, '*.txt'))).toEqual(['a.txt', 'b.TXT']);
    expect(names(filtered(entries, 'a(*'))).toEqual([]);
  });

  it('is summed up', () => {
    expect(sumsOf([entry('a', { size: 3 }), entry('b', { kind: 'folder', size: null })])).toEqual({ files: 1, folders: 1, bytes: 3 });
    expect(modeText(0o755)).toBe('rwxr-xr-x');
  });
});

describe('a place', () => {
  it('tells which of its folders one came out of', () => {
    expect(cameFrom(placeOf('web:a/b/c'), placeOf('web:a'))).toBe('b');
    expect(cameFrom(placeOf('web:a'), placeOf('web:'))).toBe('a');
    expect([cameFrom(placeOf('web:ab'), placeOf('web:a')), cameFrom(placeOf('web:a'), placeOf('web:a/b')), cameFrom(placeOf('ftp:a'), placeOf('web:')), cameFrom(null, placeOf('web:')), cameFrom(placeOf('web:a'), placeOf('web:a'))]).toEqual([null, null, null, null, null]);
  });

  it('stands in the address, whatever is typed there', () => {
    expect(placeOf('web:www/images')).toEqual({ endpoint: 'web', path: 'www/images' });
    expect(placeOf('web:/../www//./x/')).toEqual({ endpoint: 'web', path: 'www/x' });
    expect(placeOf('web')).toEqual({ endpoint: 'web', path: '' });
    expect(placeOf(':x')).toBeNull();
    expect(textOfPlace({ endpoint: 'web', path: 'a/b' })).toBe('web:a/b');
  });

  it('knows the folders above', () => {
    expect(crumbsOf({ endpoint: 'web', path: 'a/b' })).toEqual([{ name: 'web', path: '' }, { name: 'a', path: 'a' }, { name: 'b', path: 'a/b' }]);
    expect([parentOf('a/b'), parentOf('a'), parentOf('')]).toEqual(['a', '', '']);
  });

  it('takes no name that leads elsewhere', () => {
    expect([nameProblem(''), nameProblem('..'), nameProblem('a/b')].every(problem => problem !== undefined)).toBe(true);
    expect(nameProblem('a b.txt')).toBeUndefined();
  });

  it('is not brought into itself', () => {
    const [from, into] = [{ endpoint: 'web', path: '' }, { endpoint: 'web', path: 'a/b' }];
    expect(moveProblem(from, ['a'], into)).toContain("'a'");
    expect(moveProblem(from, ['ab'], into)).toBeUndefined();
    expect(moveProblem(from, ['a'], { endpoint: 'other', path: 'a/b' })).toBeUndefined();
    expect(moveProblem(from, ['a'], from)).toContain('same folder');
  });

  it('tells what an upload would replace', () => {
    expect(clashesOf(['a', 'sub/x', 'sub/y', 'new'], [entry('a'), entry('sub', { kind: 'folder' })])).toEqual(['a', 'sub']);
  });
});

describe('what is marked', () => {
  const list = ['a', 'b', 'c', 'd'].map(name => ({ name }));

  it('grows by a range and by single names', () => {
    expect([...extended(only('b'), 'd', list).names]).toEqual(['b', 'c', 'd']);
    expect([...extended(extended(only('b'), 'd', list), 'a', list).names]).toEqual(['a', 'b']);
    expect([...toggled(toggled(only('a'), 'c'), 'a').names]).toEqual(['c']);
  });

  it('forgets what is gone, and stays the same object otherwise', () => {
    const selection = extended(only('a'), 'c', list);
    expect(kept(selection, new Set(['a', 'b', 'c', 'd']))).toBe(selection);
    expect([...kept(selection, new Set(['b'])).names]).toEqual(['b']);
    expect(kept(nothing, new Set())).toBe(nothing);
  });

  it('is walked through by keys', () => {
    expect([steppedTo('ArrowDown', -1, 4, 2), steppedTo('ArrowDown', 3, 4, 2), steppedTo('PageUp', 3, 4, 2), steppedTo('End', 0, 4, 2), steppedTo('x', 0, 4, 2), steppedTo('Home', 0, 0, 2)])
      .toEqual([0, 3, 1, 3, null, null]);
  });
});

describe('a preview', () => {
  it('shows text in old encodings and no binary files', () => {
    expect(textOfBytes(new TextEncoder().encode('gräßlich'))).toBe('gräßlich');
    expect(textOfBytes(Uint8Array.from([0x67, 0x72, 0xe4, 0xdf, 0x6c, 0x69, 0x63, 0x68]))).toBe('gräßlich');
    expect(textOfBytes(Uint8Array.from([1, 0, 2]))).toBeNull();
    expect(textOfBytes(new TextEncoder().encode('é').subarray(0, 1))).toBe('');
  });
});
