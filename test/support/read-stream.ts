import type { Source } from '../../src/media/source.js';
import { streamTranscodeFmp4 } from '../../src/pipelines/continuous.js';
import type { ContinuousOptions } from '../../src/pipelines/continuous-options.js';
import type { Fmp4Stream } from '../../src/pipelines/fmp4-stream.js';
import type { StreamDescription, StreamSummary } from '../../src/pipelines/stream-report.js';
import { streamTranscodeUniversal } from '../../src/pipelines/universal.js';
import type { UniversalOptions } from '../../src/pipelines/universal-options.js';

/** A whole stream, read. */
export interface ReadStream {
  readonly bytes: Uint8Array;
  readonly description: StreamDescription;
  readonly summary: StreamSummary;
}

/** Reads a stream to its end. */
export async function readStream(source: Source, options: ContinuousOptions = {}): Promise<ReadStream> {
  return collect(streamTranscodeFmp4(source, options));
}

async function collect(stream: Fmp4Stream): Promise<ReadStream> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return {
    bytes: joinBytes(chunks),
    description: await stream.description,
    summary: await stream.summary,
  };
}

/** Joins byte runs. */
export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

/** Reads a stream of any container to its end. */
export async function readUniversal(source: Source, options: UniversalOptions = {}): Promise<ReadStream> {
  return collect(streamTranscodeUniversal(source, options));
}
