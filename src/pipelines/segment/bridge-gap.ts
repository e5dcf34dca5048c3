import type { EncodedSample } from '../../engine/video-job.js';
import type { VideoPacket } from '../../engine/video-packet.js';

/** Groups of pictures before a gap in which a picture that can be decoded is looked for: as a rule about half a minute. */
const GROUPS_BEFORE = 12;

/** A stretch of time in ticks of the output; the end is not part of it. */
export interface Stretch {
  readonly startTicks: number;
  readonly endTicks: number;
}

/** What reads, decodes and encodes stretches of a track. */
export interface StretchEncoder {
  /** When random access points of the track are shown, rising. */
  readonly accessTicks: readonly number[];
  /** Reads what a decoder needs for a stretch. */
  readonly read: (stretch: Stretch) => Promise<readonly VideoPacket[]>;
  /** Encodes what of the packets is shown in a stretch. */
  readonly encode: (packets: readonly VideoPacket[], stretch: Stretch) => Promise<readonly EncodedSample[]>;
}

/**
 * Finds what stays on the screen when nothing can be decoded from a time on: the last picture before it that can be.
 * @param startTicks - when the gap begins.
 * @param encoder - of the track.
 * @returns one sample that is shown then; undefined where there is none in the groups of pictures before the gap.
 */
export async function bridgeGap(
  startTicks: number,
  { accessTicks, read, encode }: StretchEncoder,
): Promise<EncodedSample | undefined> {
  const groups = accessTicks.filter((ticks) => ticks < startTicks).slice(-GROUPS_BEFORE);
  let endTicks = startTicks;
  for (const groupTicks of groups.reverse()) {
    const group = { startTicks: groupTicks, endTicks };
    const packets = await read(group);
    const shown = packets.length === 0 ? [] : await encode(packets, group);
    const last = Math.max(...shown.map(({ presentationTicks }) => presentationTicks));
    if (Number.isFinite(last)) {
      // Alone it is an IDR picture, whatever it was among the others.
      const [alone] = await encode(packets, { startTicks: last, endTicks: last + 1 });
      if (alone !== undefined) return { ...alone, presentationTicks: startTicks };
    }
    endTicks = groupTicks;
  }
  return undefined;
}

/** What is shown where there is no picture at all: a grey one, as a PGM file that is scaled to the track's size. */
export const GREY_PICTURE = {
  codec: 'pgm',
  codecTag: 'PGM',
  data: Uint8Array.from([...new TextEncoder().encode('P5 2 2 255\n'), 128, 128, 128, 128]),
} as const;
