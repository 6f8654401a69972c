import { describe, expect, it } from 'vitest';
import { earlierText } from '@/features/transfers/detail/earlier';
import { failureGroups } from '@/features/transfers/detail/failures';
import { deletes, draftLike, emptyDraft, requestOf, splitAddress, templateLike, templateOf, withMode } from '@/features/transfers/form/draft';
import { previewText } from '@/features/transfers/form/preview';
import { freeName, suggestedName } from '@/features/transfers/form/suggested-name';
import { amountText, filesText, outcomeText, progressOf, remainingText, shareOf, togetherOf } from '@/features/transfers/list/progress';
import { sinceOf } from '@/components/time/period';
import { startedBy, starterOf, titleOf, wayText } from '@/features/transfers/list/words';

describe('progress', () => {
  const progress = progressOf({ files_done: 2, files_total: 8, bytes_done: 1_000_000, bytes_total: 4_000_000, total_is_final: true, copied: 1, failed: 1, bytes_per_second: 500_000, remaining_seconds: 200 });

  it('is told in words', () => {
    expect([filesText(progress), amountText(progress), remainingText(progress), outcomeText(progress)]).toEqual(['2 of 8 files', '1.0 MB of 4.0 MB', 'about 3 min 20 s left', '1 copied, 1 failed']);
    expect(shareOf(progress)).toBe(0.25);
  });

  it('has no share while files are still being found', () => {
    const early = progressOf({ files_done: 2, files_total: 8, bytes_done: 1, bytes_total: 2, total_is_final: false });

    expect(shareOf(early)).toBeNull();
    expect(filesText(early)).toBe('2 of 8 files found so far');
  });

  it('of a chain is that of all its links, and open until each has told', () => {
    const one = { progress: { files_done: 4, files_total: 4, bytes_done: 10, bytes_total: 10, total_is_final: true } };

    expect(shareOf(togetherOf([one, {}]))).toBeNull();
    expect(shareOf(togetherOf([one, { progress: { files_total: 4, bytes_done: 5, bytes_total: 10, total_is_final: true } }]))).toBe(0.75);
  });
});

describe('failures', () => {
  it('with the same reason stand together, also when it names the file', () => {
    const groups = failureGroups([
      { path: 'a', reason: "There is no space for 'a'.", transient: true }, { path: 'b', reason: "There is no space for 'b'.", transient: true }, { path: 'c', reason: 'Permission denied.' },
      { path: 'b', reason: "There is no space for 'b'.", transient: true },
    ]);

    expect(groups.map(group => [group.paths.length, group.isTransient])).toEqual([[2, true], [1, false]]);
    expect(groups[1]!.reason).toBe('Permission denied.');
  });
});

describe('a transfer that is written', () => {
  it('is no request before it has its places', () => {
    expect(requestOf(emptyDraft)).toBeNull();
    expect(requestOf({ ...emptyDraft, from: ['a:'], to: ['b:', ''] })).toBeNull();
    expect(requestOf({ ...emptyDraft, from: ['a:x'], to: [' b: '], pattern: '*.jpg' }, 'Pictures')).toEqual({ mode: 'copy', from: 'a:x', to: 'b:', options: { include: ['*.jpg'] }, name: 'Pictures' });
  });

  it('is one like another', () => {
    const chosen = templateLike({ mode: 'copy', from: ['a:'], to: ['b:'], options: { verify: 'size' }, files: ['album', 'x[1].txt'] });
    expect(chosen.options).toEqual({ verify: 'size', include: ['/album', '/album/**', '/x\\[1\\].txt', '/x\\[1\\].txt/**'] });
    expect(templateLike({ mode: 'copy', from: ['a:www'], to: ['b:'], options: {}, files: null }).options).toEqual({});
    const draft = draftLike({ mode: 'sync', from: ['a:'], to: ['b:'], options: { verify: 'checksum' } });

    expect(requestOf(draft)).toEqual({ mode: 'sync', from: 'a:', to: 'b:', options: { verify: 'checksum' } });
    expect(deletes(draft)).toBe(true);
  });

  it('loses what another mode does not take', () => {
    const draft = withMode({ ...emptyDraft, to: ['a:', 'b:'], options: { purge: true, verify: 'size' } }, 'sync', ['verify']);

    expect([draft.to, draft.options]).toEqual([['a:'], { verify: 'size' }]);
  });

  it('is a template when it has a name', () => {
    expect(templateOf({ ...emptyDraft, from: ['a:'], to: ['b:'] }, ' ', '')).toBeNull();
    expect(templateOf({ ...emptyDraft, from: ['a:'], to: ['b:', 'c:'] }, 'daily', ' ')).toEqual({ name: 'daily', description: null, mode: 'copy', from: 'a:', to: ['b:', 'c:'], pattern: null, options: {} });
  });

  it('knows saved endpoints in addresses', () => {
    expect(splitAddress('web:www/a', ['web'])).toEqual({ endpoint: 'web', path: 'www/a' });
    expect(splitAddress('sftp://host/a', ['web'])).toEqual({ endpoint: null, path: 'sftp://host/a' });
  });
});

describe('words of transfers', () => {
  it('say where from and where to', () => {
    expect(wayText({ from: ['a:', 'b:', 'c:'], to: ['d:', 'e:'] })).toBe('a: and 2 more → d: → e:');
    expect(titleOf({ name: 'Pages', from: ['a:'], to: ['b:'] })).toBe('Pages');
  });

  it('say what would happen', () => {
    const file = { path: 'a', result: 'copied', target_path: 'a', size: 2_000, modified_at: null, reason: null };

    expect(previewText({ files: [], is_whole: true, note: null })).toBe('No file fits: there is nothing to do.');
    expect(previewText({ files: [file, { ...file, path: 'b', result: 'deleted' }], is_whole: true, note: null })).toBe('1 file of 2.0 KB to copy, 1 to delete at the target.');
    expect(previewText({ files: [file], is_whole: false, note: null })).toBe('1 file of 2.0 KB to copy. There are more.');
  });

  it('know how far back a period goes', () => {
    expect(sinceOf('1d', Date.parse('2026-01-02T08:00:30Z'))).toBe('2026-01-01T08:00:00.000Z');
    expect(sinceOf('forever', 0)).toBeUndefined();
  });
});

describe('an attempt before', () => {
  it('says how long it took and why it ended', () => {
    const before = { attempt: 1, status: 'failed', started_at: '2026-01-31T12:00:00Z', ended_at: '2026-01-31T12:00:12Z', error: { kind: 'unavailable', message: 'The server did not answer.', transient: true } };
    expect(earlierText(before)).toBe('Attempt 1 failed after 12 s: The server did not answer.');
    expect(earlierText({ attempt: 2, status: 'may_have_run', started_at: '2026-01-31T12:00:00Z' })).toBe('Attempt 2 was cut off.');
  });
});

describe('the suggested name of a template', () => {
  it.each([
    [['staging:out'], ['web:sites/www'], 'staging out to web www'],
    [['staging:'], ['web:', 'archive:{year}/{month}'], 'staging to archive'],
    [['sftp://deploy@www.example.org:2222/var/www/'], ['/srv/backup'], 'www.example.org www to backup'],
    [['s3://shop-backup'], ['/'], ''],
    [[''], ['web:'], ''],
    [['media:1', 'media:2'], ['web:photos-{date:yyyy}'], 'media 1 to web photos'],
  ])('of %j and %j', (from, to, name) => {
    expect(suggestedName({ from, to }, [])).toBe(name);
  });

  it('is one that is not taken', () => {
    expect(suggestedName({ from: ['a1:'], to: ['b1:'] }, ['a1 to b1', 'a1 to b1 2'])).toBe('a1 to b1 3');
    expect(freeName('nightly', [])).toBe('nightly');
  });
});

describe('what started a transfer', () => {
  const trigger = { kind: 'files', trigger_id: '1', event_id: '2', watches: 'shop:in *.csv' };

  it('is a person unless it is told', () => {
    expect([starterOf({}), startedBy({})]).toEqual(['a person', 'a person']);
    expect([starterOf({ trigger }), startedBy({ trigger })]).toEqual(['files that arrived', 'files that arrived: shop:in *.csv']);
  });

  it('is named also when the trigger is gone, or is of a kind that nobody knows here', () => {
    expect(startedBy({ trigger: { ...trigger, watches: undefined } })).toBe('files that arrived');
    expect(startedBy({ trigger: { ...trigger, kind: 'tide', watches: null } })).toBe('tide');
  });
});
