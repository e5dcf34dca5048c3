// What comes next, shown near the end.
import { useSignal, useSignalEffect } from '@preact/signals';
import { readable } from '../shared/readable.js';
import { titleOf } from '../shared/words.js';
import { openItem, type Player } from './player.js';

/** How long before the end it is shown: this part of the item, and at most so many seconds. */
const BEFORE = { part: 0.1, seconds: 15 };

/** Counts down to the next file of the folder, and plays it, unless the viewer does not want that. */
export function NextCard({ player }: { readonly player: Player }) {
  const { ref, position, duration, isEnded, phase } = player.session.state;
  /** The item after which nothing is to follow. */
  const refused = useSignal('');
  const { next } = player.neighbours.value;

  useSignalEffect(() => {
    const following = player.neighbours.value.next;
    if (isEnded.value && following !== undefined && refused.value !== ref.value) openItem(following.ref);
  });

  const left = duration.value - position.value;
  const isNear = left <= Math.min(BEFORE.seconds, duration.value * BEFORE.part);
  const isDue = next !== undefined && isNear && phase.value === 'playing' && refused.value !== ref.value;
  if (!isDue) return null;
  return (
    <div class="next-card" role="group" aria-label="Next">
      <p class="next-when">Next in {Math.max(0, Math.ceil(left))} s</p>
      <p class="next-title">{readable(titleOf(next.path))}</p>
      <div class="status-actions">
        <button type="button" class="over-button primary" onClick={() => openItem(next.ref)}>
          Play now
        </button>
        <button type="button" class="over-button" onClick={() => (refused.value = ref.value)}>
          Cancel
        </button>
      </div>
    </div>
  );
}
