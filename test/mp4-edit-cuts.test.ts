/**
 * Edit lists of MP4 that leave out parts in the middle: what is shown, and when, is what ffprobe says, which carries them out.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openFile } from '../src/io/file.js';
import { openMp4 } from '../src/isobmff/reader/demuxer.js';
import { writeEdits } from './support/edited-mp4.js';
import * as mp4 from './support/mp4-writer.js';
import { collect } from './support/samples.js';
import { probeStored, type Packet } from './support/stored-packets.js';
import { missingTools } from './support/tools.js';

const PICTURE = '-f lavfi -i testsrc2=size=64x48:rate=25:duration=6';
const TONE = '-f lavfi -i sine=frequency=500:sample_rate=48000:duration=6';
const SOUND_OFFSET = 1024;

/** What makes a file, and the parts that it is to show, in seconds, by the number of its track. */
const FILES = {
  'groups.mp4': {
    make: `${PICTURE} ${TONE} -c:v libx264 -preset ultrafast -g 25 -bf 2 -c:a aac`,
    parts: [[0, 1], [2, 4], [5, 6]], // prettier-ignore
    pictureOffset: 1024,
    soundOffset: SOUND_OFFSET,
  },
  'pictures.mov': {
    make: `${PICTURE} ${TONE} -c:v mjpeg -pix_fmt yuvj420p -c:a pcm_s16le`,
    parts: [[0, 0.4], [1.24, 2.6], [2.8, 3.32], [5, 6]], // prettier-ignore
    pictureOffset: 0,
    soundOffset: 0,
  },
} as const;

const isJudged = missingTools('edit lists of MP4 that cut', 'ffmpeg', 'ffprobe');
let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmint-cuts-'));
});

after(() => rmSync(folder, { recursive: true }));

describe('edit lists of MP4 that leave out parts in the middle', { skip: isJudged }, () => {
  for (const [name, { make, parts, pictureOffset, soundOffset }] of Object.entries(FILES)) {
    it(`are carried out as by libavformat: ${name}`, { timeout: 240_000 }, async () => {
      const path = join(folder, name);
      execFileSync('ffmpeg', [...`-nostdin -v error -y ${make}`.split(' '), path]);
      const listOf = (track: number): Uint8Array => {
        const [timescale, offset] = track === 0 ? [12_800, pictureOffset] : [48_000, soundOffset];
        return mp4.edits(
          ...parts.map(([start, end]) => [Math.round((end - start) * 1000), Math.round(start * timescale) + offset] as const), // prettier-ignore
        );
      };
      writeEdits(path, listOf);

      const { packets } = probeStored(path);
      await using source = await openFile(path);
      const demuxer = await openMp4(source);
      const [video, audio] = demuxer.info.tracks;
      const pictures = await collect(demuxer, { trackIds: new Set([video!.id]) });
      const isShown = ({ flags }: Packet): boolean => !flags.includes('D');
      assert.deepEqual(
        pictures.map(({ presentationTime, offset }) => [presentationTime, offset]),
        packets
          .filter((packet) => packet.stream_index === 0 && isShown(packet))
          .map(({ pts, pos }) => [pts, Number(pos)]),
      );
      const seconds = parts.reduce((sum, [start, end]) => sum + end - start, 0);
      const sound = (await collect(demuxer, { trackIds: new Set([audio!.id]) })).filter(
        ({ presentationTime }) => presentationTime >= 0,
      );
      let end = 0;
      for (const { presentationTime, duration } of sound) {
        assert.equal(presentationTime, end);
        end += duration!;
      }
      // Sound is cut between its frames, of which the longest have 1024 samples.
      assert.ok(Math.abs(end - seconds * 48_000) <= 512 + 48, `${end} samples of ${seconds} s`);
      assert.equal(demuxer.damageCount, 0);
    });
  }
});
