// What can only be seen while it is played, once a second for as long as somebody looks.
import { useEffect, useState } from 'preact/hooks';
import type { PlayerSession } from '../player-session.js';

const INTERVAL_MS = 1000;
/** How many are remembered: one minute. */
export const MAX_SAMPLES = 60;

/** One moment. */
export interface Sample {
  /** Seconds that are there to be played. */
  readonly ahead: number;
  /** Pictures since the element was loaded. */
  readonly pictures: number;
  /** Of those that were not shown. */
  readonly dropped: number;
  /** Bits a second that the line carries; absent while nothing is measured. */
  readonly lineRate: number | undefined;
}

/** Takes samples while the component that calls it is there. */
export function useSamples(session: PlayerSession): readonly Sample[] {
  const [samples, setSamples] = useState<readonly Sample[]>(() => [takeSample(session)]);
  useEffect(() => {
    const timer = setInterval(
      () => setSamples((taken) => [...taken, takeSample(session)].slice(-MAX_SAMPLES)),
      INTERVAL_MS,
    );
    return () => clearInterval(timer);
  }, [session]);
  return samples;
}

/** Looks at what is played now. */
export function takeSample({ video, bandwidth }: PlayerSession): Sample {
  const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
  return {
    ahead: secondsAhead(video),
    pictures: totalVideoFrames,
    dropped: droppedVideoFrames,
    lineRate: bandwidth,
  };
}

function secondsAhead({ buffered, currentTime }: HTMLVideoElement): number {
  for (let n = 0; n < buffered.length; n++) {
    if (buffered.start(n) <= currentTime && currentTime <= buffered.end(n))
      return buffered.end(n) - currentTime;
  }
  return 0;
}
