import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MediaInfo } from '../media/media-info.js';
import type { Track } from '../media/track.js';
import { parseStatisticsTags } from './statistics-tags.js';

// As mkvmerge 74 wrote them, shown by mkvinfo.
const values = {
  BPS: '240958',
  DURATION: '00:00:42.400000000',
  NUMBER_OF_FRAMES: '1272',
  NUMBER_OF_BYTES: '1277080',
  _STATISTICS_WRITING_APP: "mkvmerge v74.0.0 ('You Oughta Know') 64-bit",
};

function info(stated: Partial<typeof values>, suffix = '', tracks = [1]): MediaInfo {
  return {
    container: 'matroska',
    durationNs: 42_453_000_000,
    title: undefined,
    writingApp: values._STATISTICS_WRITING_APP,
    tracks: tracks.map((id) => ({ id }) as Track),
    chapters: [],
    tags: tracks.flatMap((trackId) =>
      Object.entries(stated).map(([name, value]) => ({ name: name + suffix, value, trackId })),
    ),
    attachments: [],
  };
}

describe('parseStatisticsTags', () => {
  it('reads what mkvmerge counted', () => {
    for (const suffix of ['', '-eng']) {
      const read = parseStatisticsTags(info(values, suffix), 3_000_000).get(1)!;
      assert.equal(Math.trunc(read.bitRate), Number(values.BPS));
      assert.equal(Math.round(read.samplesPerSecond!), 30);
    }
  });

  it('does not believe tags that another program copied along', () => {
    const copied = { ...values, _STATISTICS_WRITING_APP: 'mkvmerge v8.0.0' };
    assert.equal(parseStatisticsTags(info(copied), undefined).size, 0);
    const { _STATISTICS_WRITING_APP: _, ...unsigned } = values;
    assert.equal(parseStatisticsTags(info(unsigned), undefined).size, 0);
  });

  it('does not believe more bytes than the file has, or more time than it lasts', () => {
    assert.equal(parseStatisticsTags(info(values), 1_277_079).size, 0);
    assert.equal(parseStatisticsTags(info(values, '', [1, 2]), 2_000_000).size, 0, 'both together');
    assert.equal(parseStatisticsTags(info({ ...values, DURATION: '00:00:50.000000000' }), undefined).size, 0);
  });

  it('passes over what is no number', () => {
    for (const [name, value] of [
      ['DURATION', 'long'],
      ['DURATION', '00:00:00.000000000'],
      ['NUMBER_OF_BYTES', '-1'],
      ['NUMBER_OF_BYTES', '9'.repeat(400)],
    ]) {
      assert.equal(parseStatisticsTags(info({ ...values, [name!]: value }), undefined).size, 0);
    }
    const read = parseStatisticsTags(info({ ...values, NUMBER_OF_FRAMES: 'x' }), undefined).get(1);
    assert.equal(read?.samplesPerSecond, undefined);
  });
});
