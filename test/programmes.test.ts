/** Transport streams of several programmes, as broadcast: one is offered, and one that can be seen. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseTransportProgrammes } from '../src/mpegts/programmes.js';
import { openFile } from '../src/io/file.js';
import { describeMedia } from '../src/pipelines/describe.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('transport streams of several programmes', 'ffmpeg', 'ffprobe');
const [RADIO, FIRST, SECOND] = [[0x100], [0x101, 0x102], [0x103, 0x104]] as const;

describe('a transport stream of several programmes', { skip, timeout: 300_000 }, () => {
  let folder = '';
  const fileOf = (name: string): string => join(folder, name);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-programmes-'));
    const sound = '-f lavfi -i sine=duration=2';
    const picture = '-f lavfi -i testsrc2=size=160x96:rate=25:duration=2';
    const inputs = `${sound} ${picture} ${sound} ${picture} ${sound}`;
    const maps = '-map 0 -map 1 -map 2 -map 3 -map 4 -c:v libx264 -pix_fmt yuv420p -c:a mp2';
    const programmes = '-program title=radio:st=0 -program title=one:st=1:st=2 -program title=two:st=3:st=4';
    const args = `-nostdin -v error -y ${inputs} ${maps} ${programmes}`.split(' ');
    execFileSync('ffmpeg', [...args, fileOf('all.ts')]);
    // As Blu-ray has it: four bytes of time before each packet.
    const packets = readFileSync(fileOf('all.ts'));
    const timed = new Uint8Array((packets.length / 188) * 192);
    for (let i = 0; i * 188 < packets.length; i++)
      timed.set(packets.subarray(i * 188, i * 188 + 188), i * 192 + 4);
    writeFileSync(fileOf('all.m2ts'), timed);
    scramble('first.ts', FIRST);
    scramble('every.ts', [...RADIO, ...FIRST, ...SECOND]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Writes the stream with the payload of some PIDs scrambled. */
  function scramble(name: string, pids: readonly number[]): void {
    const bytes = readFileSync(fileOf('all.ts'));
    for (let at = 0; at < bytes.length; at += 188) {
      if (!pids.includes(((bytes[at + 1]! & 0x1f) << 8) | bytes[at + 2]!)) continue;
      const hasField = (bytes[at + 3]! & 0x20) !== 0;
      bytes[at + 3]! |= 0x80;
      for (let i = at + (hasField ? 5 + bytes[at + 4]! : 4); i < at + 188; i++) bytes[i]! ^= (i * 73) & 0xff;
    }
    writeFileSync(fileOf(name), bytes);
  }

  async function tracksOf(name: string): Promise<number[]> {
    await using source = await openFile(fileOf(name));
    return (await describeMedia(source)).tracks.map(({ id }) => id);
  }

  for (const name of ['all.ts', 'all.m2ts']) {
    it(`is parsed as ffprobe reads it, from ${name}`, () => {
      const entries = 'program=program_id:program_stream=id';
      const args = ['-v', 'quiet', '-show_programs', '-show_entries', entries, '-of', 'json', fileOf(name)];
      const probed = JSON.parse(execFileSync('ffprobe', args, { encoding: 'utf8' })) as {
        programs: { program_id: number; streams: { id: string }[] }[];
      };
      const { programmes } = parseTransportProgrammes(readFileSync(fileOf(name)));
      assert.deepEqual(
        programmes.map(({ number, pids }) => [number, [...pids]]),
        probed.programs.map((one) => [one.program_id, one.streams.map(({ id }) => Number(id))]),
      );
    });
  }

  it('is the first programme with video, and where that is scrambled the next', async () => {
    assert.deepEqual(await tracksOf('all.ts'), FIRST);
    assert.deepEqual(await tracksOf('first.ts'), SECOND);
    await using source = await openFile(fileOf('all.ts'));
    const { tags } = await describeMedia(source);
    assert.deepEqual(tags[0], { name: 'PROGRAMME', value: '2 of 1, 2, 3', trackId: undefined });
  });

  it('is refused in a sentence when all of it is scrambled', async () => {
    await assert.rejects(openSegmented(await openFile(fileOf('every.ts'))), /The source is encrypted/);
  });
});
