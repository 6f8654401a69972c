/** A place that had the focus, and what it lay in, from the innermost on. */
interface Visit {
  element: HTMLElement;
  lay: readonly { parent: Element; index: number }[];
  isOfPage: boolean;
}

const visitsMax = 30;
const page = '#content';
const dialog = '[role="dialog"]';
const candidates = 'a[href], button, input, select, textarea, summary, [tabindex], [contenteditable="true"]';

/**
 * The focus is never nowhere. Whoever goes to another page begins at its heading. What had the focus and is gone gives it to what had it before, as a dialog
 * does that is closed, or to what took its place, as a row does that is deleted; and what was busy has it again afterwards.
 */
export class FocusKeeper {
  private visits: Visit[] = [];
  private departed: Element | null = null;
  private busy: HTMLElement | null = null;
  private isArriving = false;
  private isPressed = false;

  /** Answers how to stop. */
  start(): () => void {
    const stopping = new AbortController();
    const { signal } = stopping;
    const observer = new MutationObserver(() => this.look());
    observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
    signal.addEventListener('abort', () => observer.disconnect());
    document.addEventListener('focusin', event => this.visit(event.target as HTMLElement), { signal });
    document.addEventListener('keydown', () => { this.isPressed = true; }, { signal, capture: true });
    document.addEventListener('keyup', () => this.release(), { signal, capture: true });
    window.addEventListener('blur', () => this.release(), { signal });
    return () => stopping.abort();
  }

  /** Somebody goes to another page: where they were on this one means nothing there. */
  depart(): void {
    this.visits = [];
    this.departed = document.activeElement;
    this.isArriving = false;
  }

  /** The other page is there. What it focuses by itself keeps the focus. */
  arrive(): void {
    const active = document.activeElement;
    if (active === this.departed || active?.closest(`${page}, ${dialog}`) == null) this.isArriving = !focusHeading();
  }

  private visit(element: HTMLElement): void {
    this.isArriving = false;
    this.busy = null;
    const visit = { element, lay: layOf(element), isOfPage: element.closest(page) !== null };
    this.visits = [...this.visits.filter(each => each.element !== element), visit].slice(-visitsMax);
  }

  private release(): void {
    this.isPressed = false;
    this.look();
  }

  /** Something came, went, or is busy. */
  private look(): void {
    if (this.isArriving) this.isArriving = !focusHeading();
    const last = this.visits.at(-1)?.element;
    if (last?.matches(':disabled') === true) this.busy = last;
    if (last === undefined || (document.activeElement !== null && document.activeElement !== document.body)) return;
    // Whoever clicked beside everything left what is still there by themselves.
    if (last.isConnected && (last !== this.busy || last.matches(':disabled'))) return;
    // The key that closed a dialog would press what has the focus then.
    if (this.isPressed) return;
    if (!this.restore()) this.isArriving = !focusHeading();
  }

  private restore(): boolean {
    for (const { element, lay, isOfPage } of this.visits.toReversed()) {
      if (element.isConnected ? focus(element) : focusNeighbour(lay)) return true;
      if (isOfPage && !element.isConnected) return false;
    }
    return false;
  }
}

/** Up to its page or dialog. */
function layOf(element: Element): Visit['lay'] {
  const lay: { parent: Element; index: number }[] = [];
  for (let child = element; child.parentElement !== null && !child.matches(`${page}, ${dialog}`); child = child.parentElement)
    lay.push({ parent: child.parentElement, index: [...child.parentElement.children].indexOf(child) });
  return lay;
}

/** What took its place, or else what comes before it; of the page itself nothing but the heading does. */
function focusNeighbour(lay: Visit['lay']): boolean {
  for (const { parent, index } of lay) {
    if (!parent.isConnected) continue;
    if (parent.querySelector('h1') !== null) return false;
    if ([parent.children[index], parent.children[index - 1]].some(child => child !== undefined && focusWithin(child)) || (isReached(parent) && focus(parent))) return true;
  }
  return false;
}

const focusWithin = (place: Element): boolean => [place, ...place.querySelectorAll(candidates)].some(each => isReached(each) && focus(each));

/** By the key Tab. */
const isReached = (element: Element): element is HTMLElement => element.matches(candidates) && (element as HTMLElement).tabIndex >= 0;

function focus(element: HTMLElement): boolean {
  element.focus({ preventScroll: true });
  return document.activeElement === element;
}

function focusHeading(): boolean {
  const heading = document.querySelector<HTMLElement>(`${page} h1`);
  return heading !== null && focus(heading);
}
