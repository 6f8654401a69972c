// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FocusKeeper } from '@/app/focus';

const byId = (id: string) => document.getElementById(id)!;
const focused = () => document.activeElement?.id;
const leave = () => (document.activeElement as HTMLElement).blur();
const comesTo = (id: string) => vi.waitFor(() => expect(focused()).toBe(id));

/** After the keeper saw everything that changed so far: it looked first. */
const looked = () => new Promise<void>(resolve => {
  const observer = new MutationObserver(() => { observer.disconnect(); resolve(); });
  observer.observe(document.body, { childList: true });
  document.body.append('.');
});

describe('the focus', () => {
  let keeper: FocusKeeper;
  let stop: () => void;
  beforeEach(() => {
    document.body.innerHTML = `
      <a id="link" href="/elsewhere">Elsewhere</a>
      <main id="content" tabindex="-1">
        <h1 id="title" tabindex="-1">Keys</h1>
        <button id="add">Add</button>
        <ul id="list"><li><button id="first">Revoke</button></li><li id="row"><button id="second">Revoke</button></li><li><button id="third">Revoke</button></li></ul>
      </main>`;
    keeper = new FocusKeeper();
    stop = keeper.start();
  });
  afterEach(() => stop());

  const openDialog = () => {
    document.body.insertAdjacentHTML('beforeend', '<div id="dialog" role="dialog"><button id="yes">Yes</button></div>');
    byId('yes').focus();
  };

  it('is given back by a dialog that is taken away', async () => {
    byId('add').focus();
    openDialog();

    byId('dialog').remove();

    await comesTo('add');
  });

  it('is given back when the key that closed the dialog is let go, and not pressed by it', async () => {
    byId('add').focus();
    openDialog();
    byId('yes').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    byId('dialog').remove();
    await looked();
    expect(focused()).not.toBe('add');

    document.body.dispatchEvent(new KeyboardEvent('keyup', { key: 'Enter', bubbles: true }));

    expect(focused()).toBe('add');
  });

  it('goes from a deleted row to the one in its place, and from the last one to the one before', async () => {
    byId('second').focus();
    openDialog();
    byId('row').remove();
    byId('dialog').remove();
    await comesTo('third');

    byId('third').parentElement!.remove();

    await comesTo('first');
  });

  it('goes to the heading when nothing is left', async () => {
    byId('first').focus();

    byId('list').remove();

    await comesTo('title');
  });

  it('comes to the heading of another page, once that is there', async () => {
    byId('link').focus();
    keeper.depart();
    byId('content').innerHTML = '';
    keeper.arrive();
    expect(focused()).toBe('link');

    byId('content').innerHTML = '<h1 id="other" tabindex="-1">Logs</h1>';

    await comesTo('other');
  });

  it('stays in the field that another page focuses by itself', () => {
    byId('link').focus();
    keeper.depart();
    byId('content').innerHTML = '<h1 tabindex="-1">New</h1><input id="name">';
    byId('name').focus();

    keeper.arrive();

    expect(focused()).toBe('name');
  });

  it('returns to a button that was busy', async () => {
    const button = byId('add') as HTMLButtonElement;
    button.focus();
    button.disabled = true;
    await looked();
    leave();

    button.disabled = false;

    await comesTo('add');
  });

  it('stays away from what was left by a click on nothing', async () => {
    byId('add').focus();
    leave();

    byId('row').remove();
    await looked();

    expect(document.activeElement).toBe(document.body);
  });
});
