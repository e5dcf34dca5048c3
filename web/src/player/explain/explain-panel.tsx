// What happens to an item here: on this server, in this browser, now.
import { useEffect, useState } from 'preact/hooks';
import { playerQuery } from '../../shared/abilities.js';
import type { ItemInfo } from '../../shared/api.js';
import { CODECS } from '../choices.js';
import type { PlayerSession } from '../player-session.js';
import { CopyReport } from './copy-report.js';
import { describeItem, indexFacts, planFacts, type Facts } from './explain-words.js';
import { LiveFigures } from './live-figures.js';
import { failuresOf, ProblemList } from './problem-list.js';
import { TrackTable } from './track-table.js';

/** The panel beside the screen. */
export function ExplainPanel({ session }: { readonly session: PlayerSession }) {
  const { info, phase } = session.state;
  const { value: known } = info;
  return (
    <div class="explain">
      {known !== undefined && <p>{describeItem(known)}</p>}
      <ProblemList failures={failuresOf(session)} />
      {known !== undefined && (
        <section>
          <h3>Tracks</h3>
          <TrackTable session={session} />
        </section>
      )}
      {phase.value === 'playing' && (
        <section>
          <h3>Now</h3>
          <LiveFigures session={session} />
        </section>
      )}
      {phase.value !== 'failed' && (
        <section>
          <h3>How it is played</h3>
          <FactList facts={[...wayFacts(session), ...cutFacts(known)]} />
          <Faults info={known} />
        </section>
      )}
      <BrowserFacts />
      <CopyReport session={session} />
    </div>
  );
}

function FactList({ facts }: { readonly facts: Facts }) {
  return (
    <dl class="explain-facts">
      {facts.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

function wayFacts({ state, isLibraryUsed }: PlayerSession): Facts {
  const { way, quality, qualityChoices, phase } = state;
  if (way.value === undefined) return [['Way', phase.value === 'scanning' ? 'Being found out' : '–']];
  if (way.value.kind === 'stream')
    return [['Way', 'One continuous stream, made while it is sent; each far seek begins a new one.']];
  const { shown, isAutomatic } = quality.value;
  const form = qualityChoices.value.find(({ id }) => id === shown)?.label;
  return [
    ['Way', `HLS, in segments, by ${isLibraryUsed ? 'hls.js' : 'the browser itself'}.`],
    ...(form === undefined
      ? []
      : [['Shown now', `${form}${isAutomatic ? ', chosen by the speed of the line' : ''}`] as const]),
  ];
}

function cutFacts(info: ItemInfo | undefined): Facts {
  const offer = info?.hls;
  if (offer?.state !== 'ready') return [];
  return [...(offer.index === undefined ? [] : indexFacts(offer.index)), ...planFacts(offer.plan)];
}

/** What was wrong with the index that the file brought. */
function Faults({ info }: { readonly info: ItemInfo | undefined }) {
  const faults = info?.hls?.state === 'ready' ? (info.hls.index?.faults ?? []) : [];
  if (faults.length === 0) return null;
  return (
    <ul class="faults" aria-label="What was wrong with the index">
      {faults.map((fault) => (
        <li key={fault}>{fault}</li>
      ))}
    </ul>
  );
}

/** What it says it plays; what is not among it has to be transcoded. */
function BrowserFacts() {
  const [plays, setPlays] = useState('');
  useEffect(() => {
    let isGone = false;
    void playerQuery().then((query) => !isGone && setPlays(query));
    return () => void (isGone = true);
  }, []);
  const query = new URLSearchParams(plays);
  const list = (kind: string): string =>
    (query.get(kind) ?? '')
      .split(',')
      .map((name) => CODECS[name] ?? name)
      .join(', ');
  return (
    <section>
      <h3>What this browser says it plays</h3>
      <FactList
        facts={[
          ['Video', list('video')],
          ['Audio', list('audio')],
        ]}
      />
    </section>
  );
}
