// Figures of what is played now, with small plots.
import { bytes } from '../../shared/words.js';
import type { PlayerSession } from '../player-session.js';
import { MAX_SAMPLES, useSamples, type Sample } from './live-samples.js';
import type { SegmentFigures, SegmentJournal } from './segment-journal.js';
import { Bars, Line } from './sparkline.js';

/** Segments for which the plots have room. */
const SEGMENTS = 30;

/** The figures of a session, renewed each second. */
export function LiveFigures({ session }: { readonly session: PlayerSession }) {
  const samples = useSamples(session);
  const { journal } = session;
  const { totals } = journal;
  // While it is being opened it is not said how it will be played.
  const isTold = session.isLibraryUsed || session.state.phase.value !== 'playing';
  return (
    <>
      <dl class="figures">
        <Figure name="Buffer ahead" value={`${samples.at(-1)!.ahead.toFixed(1)} s`} note="ready to be played">
          <Line values={samples.map(({ ahead }) => ahead)} room={MAX_SAMPLES} />
        </Figure>
        <Figure name="Dropped pictures" value={String(samples.at(-1)!.dropped)} note={pictureNote(samples)}>
          <Line values={droppedEach(samples)} room={MAX_SAMPLES} />
        </Figure>
        {isTold && <SegmentTiles journal={journal} samples={samples} />}
      </dl>
      <p class="totals">
        {isTold
          ? `${totals.segments} segments received, ${bytes(totals.bytes)}. ` +
            `For those that were made now, the server read ${bytes(totals.sourceBytes)} of the file.`
          : 'Of single segments nothing is told when it is played in this way.'}
      </p>
    </>
  );
}

function SegmentTiles({
  journal: { segments, totals },
  samples,
}: {
  readonly journal: SegmentJournal;
  readonly samples: readonly Sample[];
}) {
  const last = segments.at(-1);
  const made = segments.filter(({ origin, bytes: size }) => origin === 'made' && size > 0);
  const share = totals.madeBytes === 0 ? '–' : (totals.sourceBytes / totals.madeBytes).toFixed(2);
  const bitRate = segments.findLast(({ type }) => type === 'main');
  const rates = samples.flatMap(({ lineRate }) => (lineRate === undefined ? [] : [lineRate]));
  return (
    <>
      <Figure
        name="Segment time"
        value={last === undefined ? '–' : `${Math.round(last.ms)} ms`}
        note={timeNote(last)}
      >
        <Bars bars={segments.map(({ ms, origin }) => ({ value: ms, kind: origin }))} room={SEGMENTS} />
      </Figure>
      <Figure
        name="Cache hits"
        value={totals.segments === 0 ? '–' : `${Math.round((100 * totals.hits) / totals.segments)} %`}
        note={`${totals.hits} of ${totals.segments} segments`}
      >
        <Bars
          bars={segments.map(({ origin }) => ({ value: origin === 'made' ? 1 : 2, kind: origin }))}
          room={SEGMENTS}
          top={2}
        />
      </Figure>
      <Figure name="Read per byte sent" value={share} note="of what was made now">
        <Bars
          bars={made.map((each) => ({ value: each.sourceBytes / each.bytes, kind: 'made' }))}
          room={SEGMENTS}
        />
      </Figure>
      <Figure
        name="Line"
        value={rates.length === 0 ? '–' : `${megabits(rates.at(-1)!)} Mbit/s`}
        note={
          bitRate === undefined
            ? ''
            : `the film takes ${megabits((8 * bitRate.bytes) / bitRate.seconds)} Mbit/s`
        }
      >
        <Line values={rates} room={MAX_SAMPLES} />
      </Figure>
    </>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly children: preact.ComponentChildren;
}

function Figure({ name, value, note, children }: FigureProps) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        <span class="figure-value">{value}</span>
        <span class="figure-note">{note}</span>
        {children}
      </dd>
    </div>
  );
}

function timeNote(segment: SegmentFigures | undefined): string {
  if (segment === undefined) return '';
  const { origin, queueMs, readMs, transcodeMs, isAhead } = segment;
  if (origin === 'browser') return 'from this browser’s cache';
  if (origin === 'store') return isAhead ? 'made ahead of time' : 'from the server’s store';
  if (origin === 'unknown') return 'the server does not tell more';
  const parts: (readonly [string, number])[] = [
    ['waited', queueMs],
    ['read', readMs],
    ['encoded', transcodeMs],
  ];
  const told = parts.filter(([, ms]) => ms >= 1).map(([name, ms]) => `${name} ${Math.round(ms)}`);
  return told.length === 0 ? 'made at once' : `${told.join(', ')} ms`;
}

function pictureNote(samples: readonly Sample[]): string {
  const { pictures } = samples.at(-1)!;
  return `of ${pictures} pictures`;
}

/** In each second. An element that was loaded anew counts from zero. */
function droppedEach(samples: readonly Sample[]): readonly number[] {
  return samples.map(({ dropped }, n) => Math.max(0, dropped - (samples[n - 1]?.dropped ?? dropped)));
}

function megabits(bitsPerSecond: number): string {
  const rate = bitsPerSecond / 1e6;
  return rate >= 100 ? String(Math.round(rate)) : rate.toFixed(1);
}
