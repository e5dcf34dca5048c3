// A button that copies the report; where the browser lets no page write to the clipboard, its text is shown to be copied by hand.
import { useState } from 'preact/hooks';
import { playerQuery } from '../../shared/abilities.js';
import type { PlayerSession } from '../player-session.js';
import { writeReport } from './report.js';

/** The button. */
export function CopyReport({ session }: { readonly session: PlayerSession }) {
  const [said, setSaid] = useState('');
  const [text, setText] = useState<string>();

  async function copy(): Promise<void> {
    const report = writeReport(session, await playerQuery());
    try {
      await navigator.clipboard.writeText(report);
      setText(undefined);
      setSaid('Copied');
    } catch {
      setText(report);
      setSaid('Select the text, and copy it');
    }
  }

  return (
    <section class="report">
      <button type="button" class="button" onClick={() => void copy()}>
        Copy as JSON
      </button>
      <span class="report-said" role="status">
        {said}
      </span>
      {text !== undefined && (
        <textarea
          readOnly
          rows={8}
          aria-label="What happens to this file, as JSON"
          value={text}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      )}
    </section>
  );
}
