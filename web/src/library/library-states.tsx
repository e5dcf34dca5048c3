// What stands in place of the cards when there are none.
import type { ComponentChildren } from 'preact';

/** Cards that are not there yet. */
const SKELETONS = 18;

/** Says something in place of the cards. */
export function Notice({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <section class="notice centred">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Shows where the cards will be. */
export function Skeletons() {
  return (
    <div class="skeletons" role="status">
      <span class="unseen">Reading the library</span>
      {Array.from({ length: SKELETONS }, (_, index) => (
        <span key={index} class="skeleton" aria-hidden="true">
          <span class="poster" />
          <span class="line" />
          <span class="line short" />
        </span>
      ))}
    </div>
  );
}
