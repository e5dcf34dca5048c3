// Playing an address that was typed, pasted or dropped.
import { useEffect, useRef, useState } from 'preact/hooks';
import { checkItem, type RemoteOffer } from '../shared/api.js';
import { go } from '../shared/place.js';
import { Problem } from '../shared/words.js';
import type { PlayableAddress } from './address.js';

/** Offers to play an address, and says why not where that is not possible. */
export function AddressOffer({
  address: { ref, host },
  remote,
}: {
  readonly address: PlayableAddress;
  readonly remote: RemoteOffer | undefined;
}) {
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const asking = useRef<AbortController | undefined>(undefined);
  useEffect(() => {
    setProblem(undefined);
    setBusy(false);
    return () => asking.current?.abort();
  }, [ref]);

  const play = async (): Promise<void> => {
    asking.current?.abort();
    const { signal } = (asking.current = new AbortController());
    setBusy(true);
    setProblem(undefined);
    try {
      await checkItem(ref, signal);
      go(`/m/${ref}/play`);
    } catch (error) {
      if (signal.aborted) return;
      setProblem(error instanceof Problem ? error.message : 'The server does not answer.');
      setBusy(false);
    }
  };

  if (remote?.allowed !== true) {
    return (
      <section class="notice" aria-label="Address">
        <h2>This server plays only what is in its library</h2>
        <p>
          It was started without <code>--allow-remote</code>, so nothing from <bdi>{host}</bdi> can be played.
        </p>
      </section>
    );
  }
  return (
    <section class="notice" aria-label="Address">
      <h2>
        Play from <bdi>{host}</bdi>
      </h2>
      {remote.hosts && <p>This server plays addresses of {remote.hosts.join(', ')}.</p>}
      <p class="bad" role="alert">
        {problem}
      </p>
      <button
        type="button"
        class="button primary"
        aria-disabled={isBusy}
        onClick={() => {
          if (!isBusy) void play();
        }}
      >
        {isBusy ? 'Looking…' : 'Play this address'}
      </button>
    </section>
  );
}
