// What went wrong, and what can be done about it.
import type { Failure } from '../../shared/words.js';
import type { PlayerSession } from '../player-session.js';
import { adviceOn } from './advice.js';

/** All that is known to have failed, without repetitions; the one that ended playing first. */
export function failuresOf({ state, journal }: PlayerSession): readonly Failure[] {
  const known = [state.problem.value, state.way.value?.refusal, ...[...journal.failures.value].reverse()];
  const byMessage = new Map<string, Failure>();
  for (const failure of known) {
    // The same as part of the description tells less than the answer to a request.
    if (failure !== undefined && !byMessage.has(failure.message)) byMessage.set(failure.message, failure);
  }
  return [...byMessage.values()];
}

/** Failures with advice; nothing where there are none. */
export function ProblemList({ failures }: { readonly failures: readonly Failure[] }) {
  if (failures.length === 0) return null;
  return (
    <section>
      <h3>What went wrong</h3>
      <ul class="problems">
        {failures.map((failure) => (
          <li key={failure.message}>
            <p>
              {failure.code !== undefined && <code class="problem-code">{failure.code}</code>}
              {failure.message}
            </p>
            <p class="problem-advice">{adviceOn(failure)}</p>
            {failure.requestId !== undefined && (
              <p class="problem-request">
                In the server’s log: <code>{failure.requestId}</code>
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
