import type { Demuxer, SampleOptions } from '../../src/media/demuxer.js';
import type { Sample } from '../../src/media/sample.js';

/** A sync sample of one byte of track 1 at time zero, with every field that a test does not care for set to nothing. */
export function sampleOf(fields: Partial<Sample> = {}): Sample {
  return {
    trackId: 1,
    presentationTime: 0,
    decodeTime: undefined,
    duration: undefined,
    isSync: true,
    discardPadding: 0,
    offset: 0,
    data: new Uint8Array(1),
    ...fields,
  };
}

/** Pulls all samples. */
export async function collect(
  demuxer: Pick<Demuxer, 'samples'>,
  options: SampleOptions = {},
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for await (const batch of demuxer.samples(options)) samples.push(...batch);
  return samples;
}
