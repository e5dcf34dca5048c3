import { execFile } from 'node:child_process';

/** A cue as a test compares it: times in milliseconds, and what is read on the screen. */
export interface ReadCue {
  readonly startMs: number;
  readonly endMs: number;
  /** Without markup, with single spaces. */
  readonly text: string;
}

/** Reads the cues of a WebVTT file, with no more understanding than a test needs. */
export function readWebvtt(file: string): ReadCue[] {
  const blocks = file.replaceAll('\r', '').split(/\n\n+/).slice(1);
  return blocks.flatMap((block) => {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => line.includes('-->'));
    if (at < 0) return [];
    const [start, , end] = lines[at]!.split(' ');
    return [
      {
        startMs: millisecondsOf(start!),
        endMs: millisecondsOf(end!),
        text: readable(lines.slice(at + 1).join(' ')),
      },
    ];
  });
}

/** Reads a subtitle track with ffmpeg, on the times that the file has. */
export function extractWebvtt(path: string, track: number): Promise<ReadCue[]> {
  const args = [
    '-v',
    'quiet',
    '-copyts',
    '-i',
    path,
    '-map',
    `0:s:${track}`,
    '-c:s',
    'webvtt',
    '-f',
    'webvtt',
    '-',
  ];
  return new Promise((resolve) => {
    execFile('ffmpeg', args, { maxBuffer: 2 ** 28 }, (_error, stdout) => resolve(readWebvtt(stdout)));
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  lrm: '',
  rlm: '',
};

/** What is read of cue text. */
function readable(text: string): string {
  return text
    .replace(/<[^>]*>/g, '')
    .replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replace(/\s+/g, ' ')
    .trim();
}

function millisecondsOf(time: string): number {
  const seconds = time.split(':').reduce((total, part) => total * 60 + Number(part), 0);
  return Math.round(seconds * 1000);
}
