import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { findPackageRoot } from '../server/package-root.js';
import { audioCodecsOption, encoderOption, videoCodecsOption } from './codec-options.js';
import type { DoctorOptions } from './doctor.js';
import {
  bitRateOption,
  channelsOption,
  crfOption,
  durationOption,
  headerOption,
  heightOption,
  listOption,
  timeOption,
  trackOption,
} from './option-values.js';
import type { EncoderOption } from './open-engines.js';
import type { PackageOptions } from './package.js';
import type { ProbeOptions } from './probe.js';
import type { RemuxOptions } from './remux.js';
import type { SignOptions } from './sign.js';
import type { Terminal } from './terminal.js';

const SOURCE = 'a path, an http(s) URL, or - for standard input';
const HEADER = 'a header for an HTTP source; may be repeated';
const PLUGIN = 'a module that opens further kinds of sources; may be repeated';

// Each command loads what it needs when it runs: half of the time to start is loading modules.

/** What commander makes of the flags of `serve`, beside the settings. */
interface ServeFlags {
  readonly config?: string;
  readonly printConfig?: boolean;
  readonly linkSecretFile?: string;
}

/**
 * Builds the command line.
 * @param args - what will be parsed: the flags of settings are there only where they may be needed.
 * @param terminal - where everything is written.
 * @param signal - ends the command that runs.
 */
export async function buildProgram(
  args: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Command> {
  const version = readVersion();
  const program = new Command('segmint')
    .description('Any video file, playing in the browser now: just-in-time fragmented MP4.')
    .version(version)
    .option('--verbose', 'show the causes of an error')
    .exitOverride()
    // The one place that reports errors is run.ts.
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.complain(text.trimEnd()),
    })
    .showHelpAfterError('(segmint --help shows what there is)')
    .addHelpText(
      'after',
      `
Examples:
  segmint serve ~/Videos                      a page with everything below a folder
  segmint remux film.mkv -o film.mp4          copied where it plays, encoded where not
  segmint remux film.mkv -o - --start 1:02:03 | mpv -
  segmint package film.mkv -o film            HLS as files, for any web server
  segmint probe https://example.org/film.mkv`,
    );

  program
    .command('remux')
    .description('write a source as fragmented MP4')
    .argument('<source>', SOURCE)
    .requiredOption('-o, --output <path>', 'where to, or - for standard output')
    .option('--start <time>', 'begin at the startable picture at or before this time', timeOption)
    .option('--duration <time>', 'write no more than this', durationOption)
    .option('--video-track <number>', 'the video track, or none', trackOption)
    .option('--audio-track <number>', 'the audio track, or none', trackOption)
    .addOption(
      new Option('--video <mode>', 'copy what players play, copy all, or encode all').choices([
        'auto',
        'copy',
        'h264',
      ]),
    )
    .option('--height <pixels>', 'scale a higher picture down to this', heightOption)
    .option('--crf <number>', 'quality of encoded video, 1 (best) to 51; 21 by default', crfOption)
    .option('--max-bitrate <rate>', 'the most that encoded video may take, such as 2.5M', bitRateOption)
    .addOption(
      new Option('--preset <name>', 'speed of encoding video; veryfast by default').choices([
        'ultrafast',
        'superfast',
        'veryfast',
        'faster',
        'fast',
        'medium',
      ]),
    )
    .addOption(encoderOption())
    .addOption(
      new Option('--audio <mode>', 'copy what players play, copy all, or encode all').choices([
        'auto',
        'copy',
        'aac',
      ]),
    )
    .option('--audio-channels <number>', 'channels of encoded audio: 2 or 6', channelsOption)
    .option('--audio-bitrate <rate>', 'of encoded audio, such as 192k', bitRateOption)
    .addOption(
      new Option('--timeline <mode>', "let times begin at zero, or keep the source's").choices([
        'zero',
        'absolute',
      ]),
    )
    .option('-H, --header <header>', HEADER, headerOption)
    .option('--plugin <module>', PLUGIN, listOption)
    .option('--json', 'print a summary as JSON (to standard error with -o -)')
    .option('-f, --force', 'replace the output when it exists')
    .addHelpText(
      'after',
      `
Times: 90, 90.5, 90s, 1m30s, 1:30, 1:02:03.5

Examples:
  segmint remux film.mkv -o film.mp4
  segmint remux film.avi -o film.mp4 --height 720 --crf 23
  segmint remux film.mkv -o clip.mp4 --start 10:00 --duration 30s --audio aac --audio-channels 6
  curl -s https://example.org/film.mkv | segmint remux - -o film.mp4`,
    )
    .action(async (source: string, options: RemuxOptions) => {
      const { remux } = await import('./remux.js');
      await remux(source, options, terminal, signal);
    });

  program
    .command('package')
    .description('write a source as HLS: playlists and segments')
    .argument('<source>', 'a path or an http(s) URL')
    .requiredOption('-o, --output <folder>', 'where to')
    .option('--video <codecs>', 'video codecs to copy beside h264, such as hevc,av1', videoCodecsOption)
    .option('--audio <codecs>', 'audio codecs to copy beside aac, such as opus,eac3', audioCodecsOption)
    .option('--ladder', 'write lower forms of the video too, encoded for slower lines: 1080, 720, 480')
    .option('--dash', 'write manifest.mpd too, for players of DASH, over the same segments')
    .addOption(encoderOption())
    .option('-H, --header <header>', HEADER, headerOption)
    .option('--plugin <module>', PLUGIN, listOption)
    .option('--json', 'print a summary as JSON')
    .option('-f, --force', 'write into a folder that is not empty')
    .addHelpText(
      'after',
      `
The files are those that segmint serve has under the same names (with ?ladder=none, unless --ladder is given). What is neither listed nor played by every browser is encoded.

Examples:
  segmint package film.mkv -o film
  segmint package film.mkv -o film --ladder
  segmint package film.mkv -o film --video hevc --audio ac3,eac3`,
    )
    .action(async (source: string, options: PackageOptions & EncoderOption) => {
      const { packageHls } = await import('./package.js');
      const { openSegmented } = await import('../pipelines/segment/open-segmented.js');
      const { openEngines } = await import('./open-engines.js');
      await using engine = await openEngines(options);
      await packageHls(source, options, terminal, signal, (opened, reading) =>
        // All of it is read anyway.
        openSegmented(opened, { ...reading, engine, scanBytes: Infinity }),
      );
    });

  program
    .command('probe')
    .description('say what a source holds and what would become of each track')
    .argument('<source>', SOURCE)
    .option('--json', 'print JSON')
    .option('-H, --header <header>', HEADER, headerOption)
    .option('--plugin <module>', PLUGIN, listOption)
    .action(async (source: string, options: ProbeOptions) => {
      const { probe } = await import('./probe.js');
      await probe(source, options, terminal, signal);
    });

  const serving = program
    .command('serve')
    .description('serve folders, files and URLs, with a page that plays them')
    .argument('[roots...]', 'folders, files and URLs; without any, a demo clip')
    .option('--config <file>', 'a file of these settings, YAML or JSON')
    .option('--print-config', 'print the settings that hold, and where each comes from, and serve nothing')
    .addHelpText(
      'after',
      `
Each can also stand in the file, by its name, and in the environment: --cache-size is cache-size there and
SEGMINT_CACHE_SIZE here. A flag goes before the environment, and that before the file.
What is secret can be read from a file: --api-key-file, --link-secret-file, --header-file, --store-file.

Everything below the roots can be read by whoever reaches the address, and with --allow-remote what other servers
hold; nothing else can. The default address is reached from this machine only.`,
    )
    .action(async (roots: string[], options: ServeFlags) => {
      const { resolveSettings } = await import('./config/resolve-settings.js');
      const given = { roots, flags: { ...options }, config: options.config };
      const resolved = await resolveSettings(given, process.env);
      if (options.printConfig === true) {
        const { printSettings } = await import('./config/print-settings.js');
        terminal.print(printSettings(resolved));
        return;
      }
      const { serve } = await import('./serve.js');
      await serve(resolved.settings, version, terminal, signal);
    });
  if (args.includes('serve')) {
    const { settingOptions } = await import('./config/setting-options.js');
    for (const option of settingOptions()) serving.addOption(option);
  }

  program
    .command('sign')
    .description('print a link that opens one item of a server, without a key, until it expires')
    .argument('<item>', 'a path below a root, an http(s) URL, or ref:<ref>')
    .option('--expires <time>', 'how long it is good, such as 30m; 6h by default', durationOption)
    .option('--file <name>', 'what it leads to, such as master.m3u8', 'play')
    .option('--root <number>', 'the root that a path lies in, the first being 0', '0')
    .option('--subject <text>', 'whom it is for; appears in the records of the server')
    .option('--link-secret-file <path>', 'a file of secrets, each on a line of its own: <id>:<key>')
    .option('--config <file>', 'the file of settings of the server')
    .addHelpText(
      'after',
      `
It is signed with the first secret that SEGMINT_LINK_SECRET, SEGMINT_LINK_SECRET_FILE or the file of settings holds, and
stands behind the server's address: https://media.example.org/s/…`,
    )
    .action(async (item: string, options: Omit<SignOptions, 'linkSecret'> & ServeFlags) => {
      const { resolveSettings } = await import('./config/resolve-settings.js');
      const { sign } = await import('./sign.js');
      const { linkSecretFile, config } = options;
      const { settings } = await resolveSettings(
        { roots: [], flags: { linkSecretFile }, config },
        process.env,
      );
      sign(item, { ...options, linkSecret: settings.linkSecret }, terminal, Date.now());
    });

  program
    .command('doctor')
    .description('try everything that playing needs, and say what works and what does not')
    .option('--config <file>', 'try the settings of a server, too, with those of the environment')
    .option('--json', 'print JSON')
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./doctor.js');
      await doctor(options, version, terminal, signal);
    });

  return program;
}

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(join(findPackageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
