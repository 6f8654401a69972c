import { useRef, type RefObject } from 'react';

/** Goes to the first field of a form that says that it is wrong: it may be far above the button that was pressed. */
export function useFirstError<Element extends HTMLElement>(): { form: RefObject<Element | null>; showFirstError: () => void } {
  const form = useRef<Element>(null);
  // What is wrong is in the page with the next frame.
  const showFirstError = () => void requestAnimationFrame(() => {
    const field = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    field?.scrollIntoView({ block: 'center' });
    field?.focus({ preventScroll: true });
  });
  return { form, showFirstError };
}
