/** The standard table: segmint beside the system's ffmpeg, in one run, on files that it makes itself. */
import { arch, cpus, loadavg, release, totalmem, type as system } from 'node:os';
import { parseArgs } from 'node:util';
import { measureCancellation } from './standard/cancel.js';
import { measureLatency } from './standard/latency.js';
import { prepareMedia, type BenchMedia } from './standard/media.js';
import { measureMemory } from './standard/memory.js';
import { ffmpegVersion } from './standard/program.js';
import { measureQuality } from './standard/quality.js';
import { measureReencodedSegments, measureReencodeLatency } from './standard/reencode-latency.js';
import { measureContainers, measureReencode } from './standard/reencode.js';
import { updateDocs, writeMarkdown, type Section } from './standard/report.js';
import { measureSegments } from './standard/segments.js';
import { measureEncode, measureRemux } from './standard/throughput.js';
import { longestStayMs } from './standard/passer-by.js';
import { measureSoak, soakCrowd } from './standard/soak.js';
import { measureViewers, viewerCount, viewerSpeed } from './standard/viewers.js';

const SECTIONS = [
  'remux',
  'containers',
  'encode',
  'reencode',
  'quality',
  'latency',
  'reencode-latency',
  'segments',
  'reencode-segments',
  'cancel',
  'viewers',
  'memory',
] as const;

/**
 * Measures and prints the table.
 * @param args - `--json` prints JSON; `--update-docs` writes the table into docs/benchmarks.md too; names of sections
 * (`remux`, `reencode`, …) measure only those. `--viewers-minutes=<n>` lets the viewers watch for so long; `--soak=<minutes>`
 * lets a crowd of all kinds use a server for so long, and measures nothing else.
 */
export async function run(args: string[]): Promise<void> {
  const say = (line: string): void => console.error(`bench: ${line}`);
  const { values, positionals: wanted } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      'update-docs': { type: 'boolean' },
      'viewers-minutes': { type: 'string', default: '0.5' },
      soak: { type: 'string' },
    },
  });
  const viewersMinutes = Number(values['viewers-minutes']);
  const unknown = wanted.find((name) => !SECTIONS.some((known) => known === name));
  if (unknown !== undefined) {
    say(`there is no ${unknown} to measure; there are ${SECTIONS.join(', ')} and aac-encoders`);
    process.exitCode = 2;
    return;
  }
  if (values['update-docs'] === true && wanted.length > 0) {
    say('docs/benchmarks.md has all that is measured in one run: name no part of it to update it');
    process.exitCode = 2;
    return;
  }
  const ffmpeg = ffmpegVersion();
  if (ffmpeg === undefined) say('THERE IS NO FFMPEG ON THIS MACHINE: nothing is compared with it.');
  const media = await prepareMedia(say, ffmpeg !== undefined);
  const loadBefore = loadavg()[0]!;
  const sections: Section[] = [];
  const soakMinutes = values.soak === undefined ? undefined : Number(values.soak);
  const all =
    soakMinutes === undefined
      ? sectionsOf(media, ffmpeg !== undefined, viewersMinutes)
      : [soakSection(media, soakMinutes)];
  for (const section of all) {
    if (wanted.length > 0 && !wanted.includes(section.name)) continue;
    say(`measuring: ${section.title}`);
    sections.push({ title: section.title, about: section.about, results: await section.measure() });
  }
  const environment = [
    `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; ${system()} ${release()} ${arch()}`,
    `Node ${process.version}; ${ffmpeg === undefined ? 'no ffmpeg' : `ffmpeg ${ffmpeg}`}`,
    `files in the page cache; ${new Date().toISOString().slice(0, 10)}; load of the machine before and after: ${loadBefore.toFixed(1)}, ${loadavg()[0]!.toFixed(1)}`,
  ];
  if (values.json === true) {
    console.log(JSON.stringify({ environment, media, sections }, undefined, 2));
    return;
  }
  const markdown = writeMarkdown(environment, sections);
  console.log(`\n${markdown}`);
  if (values['update-docs'] === true) updateDocs(markdown, soakMinutes === undefined ? 'bench' : 'soak');
}

function soakSection(media: BenchMedia, minutes: number) {
  const { viewers, encodedViewers, passersBy } = soakCrowd;
  return {
    name: 'soak',
    title: `A server in use for ${minutes} min`,
    about: `${viewers} viewers of HLS that is copied and ${encodedViewers} of its smallest form, which is encoded, of two films (${media.lengths[2].content}), each going to another place now and then; and ${passersBy} clients that ask for playlists, segments of all forms and streams, and leave within ${longestStayMs / 1000} s. Before: after half a minute or one of the same. At rest: when all have left. Memory after garbage was collected.`,
    measure: () => measureSoak(media, minutes),
  };
}

function sectionsOf(media: BenchMedia, withFfmpeg: boolean, viewersMinutes: number) {
  const { film, surround, containers, pictures } = media;
  const describe = ({ content, bytes, seconds }: typeof film): string =>
    `${content}, ${(bytes / 1e6).toFixed(0)} MB, ${seconds / 60} min`;
  return [
    {
      name: 'remux',
      title: 'Copied',
      about: `Matroska to fragmented MP4, video and audio copied (${describe(film)}). The command is timed from its start to the last byte, beside \`ffmpeg -c copy\`, into a pipe that \`cat\` reads. Median (smallest–largest).`,
      measure: () => measureRemux(media, withFfmpeg),
    },
    ...(containers === undefined
      ? []
      : [
          {
            name: 'containers',
            title: 'Copied from other containers',
            about: `The same film in MP4 and in an MPEG transport stream, beside \`ffmpeg -c copy\`, as above.`,
            measure: () => measureContainers(containers),
          },
        ]),
    {
      name: 'encode',
      title: 'Audio encoded',
      about: `Video copied, E-AC-3 5.1 to AAC stereo at 192 kbit/s (${describe(surround)}), each with its default encoder. Memory is that of all processes, engines included; what they share counts for each.`,
      measure: () => measureEncode(media, withFfmpeg),
    },
    {
      name: 'reencode',
      title: 'Video encoded',
      about: `Pictures with the detail and grain of a film (${pictures.mpeg2.seconds} s of 576 lines, ${pictures.h264.seconds} s of 1080: ffmpeg takes some twenty seconds for each, so that starting weighs little), encoded by the command as H.264. Both by x264 with the same preset, lookahead, quality, cap of the bit rate, distance of key frames and filters (deinterlacing, scaling); ffmpeg with as many threads as it likes. Memory is that of all processes, engines included; what they share counts for each.`,
      measure: () => measureReencode(pictures, withFfmpeg),
    },
    ...(withFfmpeg
      ? [
          {
            name: 'quality',
            title: 'Quality of encoded video',
            about:
              'The same files and settings: bit rate, and similarity with the source after the same filters (deinterlaced, scaled), by ffmpeg’s `ssim` and `psnr`. Around key frames: the three frames before and after each, where jobs join.',
            measure: () => measureQuality(pictures),
          },
        ]
      : []),
    {
      name: 'latency',
      title: 'First fragment',
      about:
        'Until the init segment and the first fragment are there, whole: from a warm library, over HTTP from a warm server, and from the command, which starts anew. For ffmpeg: from its start until the first byte of its first fragment.',
      measure: () => measureLatency(media, withFfmpeg),
    },
    {
      name: 'reencode-latency',
      title: 'First fragment, video encoded',
      about:
        'As above. ffmpeg makes a key frame, and with it a fragment, every two seconds; otherwise its settings are the same.',
      measure: () => measureReencodeLatency(pictures, withFfmpeg),
    },
    {
      name: 'segments',
      title: 'HLS segments',
      about:
        'From the request to the last byte, over HTTP from a running server that has opened the film: never made before (cold), and made before. Beside it, ffmpeg started with `-ss` for the same stretch, from its start to its end. Median / 95th percentile. Then what is read of a source to which every read is a request, through a cache of 64 MiB.',
      measure: () => measureSegments(media, withFfmpeg),
    },
    {
      name: 'reencode-segments',
      title: 'HLS segments, video encoded',
      about:
        'From the request to the last byte, never made before, over HTTP from a running server. Beside it, ffmpeg started with `-ss` for the same stretch with the same settings, from its start to its end. The next of a player: one that asks for a segment every three seconds, which is longer than making one takes, so that it may be there already.',
      measure: () => measureReencodedSegments(pictures, withFfmpeg),
    },
    {
      name: 'cancel',
      title: 'Viewers who leave',
      about: `From when a viewer leaves until no engine works for them any more (${pictures.tenBit.content}, encoded).`,
      measure: () => measureCancellation(pictures),
    },
    {
      name: 'viewers',
      title: `${viewerCount} viewers at once`,
      about: `HLS that is copied, over HTTP from one server that keeps 64 MiB, to viewers in another process on the same machine, which gives way to the server, for ${viewersMinutes} min: each at a place of its own in one of two films (${media.lengths[2].content}; 2 h and 30 min), ${viewerSpeed} s of it in a second, all beginning at once with 30 s ahead, and then at another place. Memory after garbage was collected, after the first minute or half and at the end.`,
      measure: () => measureViewers(media, viewersMinutes),
    },
    {
      name: 'memory',
      title: 'Memory and length',
      about: `Peak resident memory of the process (${media.lengths[0].content}).`,
      measure: () => measureMemory(media),
    },
  ];
}
