/**
 * Small inputs, written byte by byte, and what becomes of them, as text that a person can check. The bytes of their
 * frames mean nothing beyond their headers, so that no encoder's version shows in them. `UPDATE_GOLDEN=1` rewrites the
 * texts in `golden/`: read the difference before it is committed.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ID } from '../src/matroska/schema.js';
import { openBytes } from '../src/io/bytes-source.js';
import type { ContinuousOptions } from '../src/pipelines/continuous-options.js';
import { dumpStream } from './support/dump-stream.js';
import {
  blockGroup,
  bytes,
  cluster,
  ebmlHeader,
  element,
  float,
  info,
  simpleBlock,
  trackEntry,
  uint,
} from './support/ebml-writer.js';
import { fromHex } from './support/hex.js';
import { h264Track } from './support/mux-tracks.js';
import { readStream } from './support/read-stream.js';
import { REPOSITORY } from './support/repository.js';

const GOLDEN = join(REPOSITORY, 'test', 'golden');

const { payload: avcConfiguration } = h264Track.configuration.decoder as { payload: Uint8Array };
/** AAC-LC, 48 kHz, stereo. */
const aacConfiguration = fromHex('1190');
/** Stereo, 312 samples of pre-skip, from 48 kHz. RFC 7845, section 5.1. */
const opusHead = fromHex('4f707573 48656164 01 02 3801 80bb0000 0000 00');

interface Frame {
  readonly track: number;
  readonly timeMs: number;
  readonly data: Uint8Array;
  readonly isKey?: boolean;
  readonly discardPadding?: number;
}

/** Contents that differ from frame to frame, by number. */
const filler = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => 0x80 | ((i * 31 + seed * 17) & 0x7f));

const nal = (header: number, content: Uint8Array): Uint8Array =>
  bytes([0, 0, 0, content.length + 1, header], content);

/** H.264 pictures: `I` is an IDR, `P` and `B` refer to others, `b` is referred to by none; `-` is no picture at all. */
function picture(kind: 'I' | 'P' | 'B' | 'b' | '-', timeMs: number): Frame {
  const headers = { I: 0x65, P: 0x41, B: 0x41, b: 0x01, '-': 0x09 };
  const lengths = { I: 90, P: 40, B: 20, b: 12, '-': 1 };
  const data = nal(headers[kind], filler(lengths[kind], Math.round(timeMs)));
  return { track: 1, timeMs, data, isKey: kind === 'I' };
}

/** Groups of pictures as x264 stores a B-pyramid: I P B b b, with `frameMs` from one picture to the next. */
function pyramids(count: number, frameMs: number, startMs = 0): Frame[] {
  const frames: Frame[] = [];
  const order = [
    ['P', 4],
    ['B', 2],
    ['b', 1],
    ['b', 3],
  ] as const;
  for (let group = 0; group < count; group++) {
    const at = (index: number): number => Math.round(startMs + (group * 9 + index) * frameMs);
    frames.push(picture('I', at(0)));
    for (const base of [0, 4])
      for (const [kind, index] of order) frames.push(picture(kind, at(base + index)));
  }
  return frames;
}

function aac(count: number, startMs = 0, track = 2): Frame[] {
  return Array.from({ length: count }, (_, i) => ({
    track,
    timeMs: Math.round(startMs + (i * 1024) / 48),
    data: filler(7 + (i % 5), i),
  }));
}

/** Packets of 20 ms: configuration 31 (CELT, fullband), stereo, one frame. RFC 6716, section 3.1. */
function opus(count: number, startMs = 0): Frame[] {
  return Array.from({ length: count }, (_, i) => ({
    track: 2,
    timeMs: startMs + i * 20,
    data: bytes([0xfc], filler(5 + (i % 3), i)),
  }));
}

const byTime = (frames: readonly Frame[]): Frame[] => {
  // Sound goes where a muxer would put it; pictures keep their decode order.
  const sound = frames.filter(({ track }) => track !== 1);
  const merged: Frame[] = [];
  for (const frame of frames.filter(({ track }) => track === 1)) {
    while (sound[0] !== undefined && sound[0].timeMs <= frame.timeMs) merged.push(sound.shift()!);
    merged.push(frame);
  }
  return [...merged, ...sound];
};

function file(tracks: readonly Uint8Array[], frames: readonly Frame[], durationMs?: number): Uint8Array {
  const clusters: Uint8Array[] = [];
  for (let at = 0; at < frames.length; at += 24) {
    const group = frames.slice(at, at + 24);
    const time = Math.max(0, group[0]!.timeMs);
    const blocks = group.map(({ track, timeMs, data, isKey = true, discardPadding }) => {
      const fields = { track, time: timeMs - time, frames: [data], isKey };
      return discardPadding === undefined ? simpleBlock(fields) : blockGroup({ ...fields, discardPadding });
    });
    clusters.push(cluster(time, ...blocks));
  }
  return bytes(
    ebmlHeader(),
    element(
      ID.Segment,
      info(durationMs === undefined ? {} : { durationTicks: durationMs }),
      element(ID.Tracks, ...tracks),
      ...clusters,
    ),
  );
}

const avc = (defaultDuration?: number): Uint8Array =>
  trackEntry(
    {
      number: 1,
      codecId: 'V_MPEG4/ISO/AVC',
      codecPrivate: avcConfiguration,
      ...(defaultDuration === undefined ? {} : { defaultDuration }),
    },
    element(ID.Video, uint(ID.PixelWidth, 320), uint(ID.PixelHeight, 240)),
  );

const stereo = element(ID.Audio, float(ID.SamplingFrequency, 48_000), uint(ID.Channels, 2));

const aacEntry = trackEntry(
  { number: 2, type: 'audio', codecId: 'A_AAC', codecPrivate: aacConfiguration },
  stereo,
);

const opusEntry = trackEntry(
  { number: 2, type: 'audio', codecId: 'A_OPUS', codecPrivate: opusHead, codecDelay: 6_500_000 },
  uint(ID.SeekPreRoll, 80_000_000),
  stereo,
);

const fps25 = 40_000_000;
const fps23976 = 41_708_333;

interface Case {
  readonly source: Uint8Array;
  readonly options?: ContinuousOptions;
}

const cases: Readonly<Record<string, Case>> = {
  'b-pyramid-with-aac': {
    source: file([avc(fps25), aacEntry], byTime([...pyramids(4, 40), ...aac(68)]), 1440),
  },
  'ntsc-with-opus': {
    source: file(
      [avc(fps23976), opusEntry],
      byTime([
        ...pyramids(2, 1001 / 24),
        ...opus(38),
        { track: 2, timeMs: 760, data: bytes([0xfc], filler(4, 99)), discardPadding: 13_500_000 },
      ]),
      751,
    ),
  },
  'variable-frame-rate': {
    source: file(
      [avc()],
      [
        picture('I', 0),
        picture('P', 17),
        picture('P', 33),
        picture('P', 133),
        picture('B', 83),
        picture('P', 600),
        picture('I', 1000),
        picture('P', 1040),
      ],
    ),
  },
  'late-sound-with-a-gap': {
    source: file(
      [avc(fps25), aacEntry],
      byTime([...pyramids(4, 40), ...aac(12, 250), ...aac(20, 900)]),
      1440,
    ),
  },
  'start-before-zero': {
    source: file([avc(fps25), aacEntry], byTime([...pyramids(2, 40, -80), ...aac(30, -21)])),
  },
  'start-at-an-hour': {
    source: file([avc(fps25), aacEntry], byTime([...pyramids(2, 40, 3_600_010), ...aac(30, 3_600_033)])),
  },
  'begins-inside-a-group': {
    // What stands before the first IDR cannot be decoded, and what holds no picture is none.
    source: file(
      [avc(fps25), aacEntry],
      byTime([picture('P', 0), picture('b', 40), picture('-', 80), ...pyramids(2, 40, 120), ...aac(40)]),
    ),
  },
  'begun-in-the-middle': {
    source: file([avc(fps25), aacEntry], byTime([...pyramids(5, 40), ...aac(84)]), 1800),
    options: { startMs: 800, maxDurationMs: 500 },
  },
  'begun-in-the-middle-absolute': {
    source: file([avc(fps25), aacEntry], byTime([...pyramids(5, 40), ...aac(84)]), 1800),
    options: { startMs: 800, maxDurationMs: 500, timeline: 'absolute' },
  },
  'laced-sound-alone': {
    source: bytes(
      ebmlHeader(),
      element(
        ID.Segment,
        info(),
        element(ID.Tracks, aacEntry),
        cluster(
          5,
          ...[0, 1, 2, 3].map((lace) =>
            simpleBlock({
              track: 2,
              time: Math.round((lace * 4 * 1024) / 48),
              lacing: 'ebml',
              frames: aac(16)
                .slice(lace * 4, lace * 4 + 4)
                .map(({ data }) => data),
            }),
          ),
        ),
      ),
    ),
  },
  'damaged-between-clusters': {
    source: bytes(
      ebmlHeader(),
      element(
        ID.Segment,
        info(),
        element(ID.Tracks, avc(fps25)),
        cluster(0, ...pictureBlocks(0)),
        filler(100, 1),
        cluster(360, ...pictureBlocks(0)),
      ),
    ),
  },
};

describe('golden', () => {
  for (const [name, { source, options }] of Object.entries(cases)) {
    it(`comes out as written down: ${name}`, async () => {
      const path = join(GOLDEN, `${name}.txt`);
      const actual = dumpStream(await readStream(openBytes(source), options));
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, actual);
      assert.ok(existsSync(path), `${path} is missing: UPDATE_GOLDEN=1 writes it`);
      assert.equal(actual, readFileSync(path, 'utf8'));
    });
  }

  it('has no text without a case', () => {
    assert.deepEqual(
      readdirSync(GOLDEN).sort(),
      Object.keys(cases)
        .map((name) => `${name}.txt`)
        .sort(),
    );
  });
});

/** The blocks of one group of pictures in a Cluster. */
function pictureBlocks(startMs: number): Uint8Array[] {
  return pyramids(1, 40, startMs).map(({ timeMs, data, isKey = false }) =>
    simpleBlock({ time: timeMs, frames: [data], isKey }),
  );
}
