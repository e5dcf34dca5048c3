// What of the player is open, and what it says for a moment.
import { signal } from '@preact/signals';

/** Milliseconds for which something is said. */
const SAID_MS = 1200;

/** The panels of a player, as signals. */
export class PlayerPanels {
  /** The menu that is open, by its label. */
  readonly menu = signal<string | undefined>(undefined);
  readonly isExplained = signal(false);
  readonly areShortcutsShown = signal(false);
  /** What was done last by a key or a tap. */
  readonly said = signal('');
  #saying: ReturnType<typeof setTimeout> | undefined;

  /** Says something for a moment. */
  say(text: string): void {
    clearTimeout(this.#saying);
    this.said.value = text;
    this.#saying = setTimeout(() => (this.said.value = ''), SAID_MS);
  }
}
