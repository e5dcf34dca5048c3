import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of subtitles and films that a test has made; removed when it is disposed of. */
export class SubtitleFixtures implements Disposable {
  /** Its path. */
  readonly folder = mkdtempSync(join(tmpdir(), 'segmint-subtitles-'));

  /** Path of a file in it. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a text. */
  write(name: string, text: string | Uint8Array): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** Runs a program that writes a file in the folder, in which it works. */
  make(name: string, program: 'ffmpeg' | 'mkvmerge', args: readonly string[]): string {
    const quiet =
      program === 'ffmpeg' ? ['-nostdin', '-y', '-v', 'error', ...args, name] : ['-q', '-o', name, ...args];
    execFileSync(program, quiet, { cwd: this.folder });
    return this.path(name);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A minute of pictures with keyframes every four seconds, and sound. */
export const MINUTE_OF_FILM: readonly string[] = [
  ...['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=24:duration=60'],
  ...['-f', 'lavfi', '-i', 'sine=duration=60'],
];

/** How its streams are encoded. */
export const FILM_CODECS: readonly string[] = [
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '96', '-keyint_min', '96', '-c:a', 'aac'],
];

/** Forty cues over a minute: some overlap, some are long, and some reach over a keyframe. */
export function cueTimes(): { startMs: number; endMs: number }[] {
  return Array.from({ length: 40 }, (_, n) => {
    const startMs = 500 + n * 1450;
    return { startMs, endMs: startMs + [900, 1400, 2600, 7000][n % 4]! };
  });
}

/** Writes SubRip. */
export function writeSubrip(cues: readonly { startMs: number; endMs: number }[]): string {
  const time = (ms: number): string => new Date(ms).toISOString().slice(11, 23).replace('.', ',');
  return cues
    .map(
      ({ startMs, endMs }, n) =>
        `${n + 1}\n${time(startMs)} --> ${time(endMs)}\n<i>Cue ${n}</i> & <3\nline 2\n`,
    )
    .join('\n');
}
